import type { ToolName } from '../catalog/tools.js';
import type { Ports } from '../tools/ports.js';

/** The adapter behind a tool: what its evidence names as its source. */
export const sourceOf = (tool: ToolName, ports: Ports): string => {
  const port = ports[doors[tool] ?? 'deployment'];
  return port !== undefined && 'name' in port ? port.name : 'clock';
};

const doors: Partial<Record<ToolName, Exclude<keyof Ports, 'services'>>> = {
  read_changes: 'source',
  integrate_features: 'source',
  build_artifact: 'source',
  tag_version: 'source',
  read_source_heads: 'source',
  read_file: 'source',
  search_files: 'source',
  edit_file: 'source',
  run_tests: 'testing',
  check_development: 'testing',
  run_suite: 'testing',
  run_load: 'testing',
  audit_dependencies: 'testing',
  scan_code: 'testing',
  scan_http: 'testing',
  query_metrics: 'monitoring',
  check_health: 'monitoring',
  configure_monitoring: 'monitoring',
};

import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: [
    'src/index.ts',
    'src/cli/main.ts',
    'src/gates/public.ts',
    'src/replay/public.ts',
    'src/scenario/public.ts',
    'src/scenario/simulated-world.ts',
    'src/scenario/vitest.ts',
    'src/testing/public.ts',
    'src/tools/open-local-ports.ts',
  ],
  format: 'esm',
  platform: 'node',
  target: 'node20',
  unbundle: true,
  dts: true,
  outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
});

import type { SuiteConfig } from '../../../catalog/config.js';
import { parseJestReport } from './jest.js';
import { parseJunitReport } from './junit.js';
import type { ParsedReport } from './parsed-report.js';
import { parsePlaywrightReport } from './playwright.js';

/** The reader of each report format. Each throws ADAPTER_FAILED for text that is not a report of its format. */
export const reportFormats: Record<SuiteConfig['format'], { extension: 'xml' | 'json'; parse: (text: string) => ParsedReport }> = {
  junit: { extension: 'xml', parse: parseJunitReport },
  vitest: { extension: 'json', parse: parseJestReport },
  jest: { extension: 'json', parse: parseJestReport },
  playwright: { extension: 'json', parse: parsePlaywrightReport },
};

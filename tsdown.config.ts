import { defineConfig } from 'tsdown';

const library = defineConfig({
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

/** What runs in a browser: one file with everything in it. */
const page = defineConfig({
  entry: { page: 'src/page/browser.tsx' },
  outDir: 'dist/browser',
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  deps: { alwaysBundle: [/./], onlyBundle: false },
  minify: true,
  dts: false,
  outExtensions: () => ({ js: '.js' }),
  copy: [{ from: 'node_modules/uplot/dist/uPlot.min.css', to: 'dist/browser', rename: 'uplot.css' }],
});

export default [library, page];

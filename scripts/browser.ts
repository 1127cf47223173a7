import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));

/** Debian's own browser, where it is installed. */
export const hasBrowser = executablePath !== undefined;

/** A browser that reaches nothing but what it is pointed at. */
export const openBrowser = (): Promise<Browser> => {
  const args = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
  return chromium.launch({ executablePath: executablePath ?? '', args });
};

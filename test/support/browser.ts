import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContextOptions } from 'playwright-core';
import { onTestFinished } from 'vitest';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));

/** Debian's own browser, where it is installed. */
export const hasBrowser = executablePath !== undefined;

/** A page of a browser that reaches nothing but what it is pointed at; what the page complains of is collected. */
export const openPage = async (options: BrowserContextOptions = {}) => {
  const args = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
  const browser: Browser = await chromium.launch({ executablePath: executablePath ?? '', args });
  onTestFinished(() => browser.close());
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  return { page, context, complaints };
};

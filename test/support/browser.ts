import type { BrowserContextOptions } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { openBrowser } from '../../scripts/browser.js';

export { hasBrowser } from '../../scripts/browser.js';

/** A page of a browser that reaches nothing but what it is pointed at; what the page complains of is collected. */
export const openPage = async (options: BrowserContextOptions = {}) => {
  const browser = await openBrowser();
  onTestFinished(() => browser.close());
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  return { page, context, complaints };
};

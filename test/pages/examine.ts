import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

/** WCAG 2.2 to AA, and what the engine's makers call best practice. */
const RULES: RunOptions = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  resultTypes: ['violations'],
};

let engine: Promise<string> | undefined;

/** Holds what is on the screen against the rules; `where` is how a failure calls it. */
export async function examine(page: Page, where: string): Promise<void> {
  engine ??= readFile(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
  // Texts that fade in are judged when they are there.
  await page.waitForFunction(() =>
    document.getAnimations().every(({ playState }) => playState !== 'running'),
  );
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(await engine);
  const { violations } = await page.evaluate(
    (rules) =>
      (Reflect.get(window, 'axe') as { run(r: RunOptions): Promise<AxeResults> }).run(rules),
    RULES,
  );
  const found = violations.map(({ id, help, nodes }) => [
    id,
    help,
    ...nodes.map((node) => `${node.target.join(' ')}: ${node.failureSummary}`),
  ]);
  assert.deepEqual(found, [], where);
}

// One project: every test runs in Node, the browser tests drive a real Chromium from there (test/e2e).
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    environment: 'node',
    globalSetup: ['test/fixtures/fresh-kernel.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});

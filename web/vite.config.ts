import { defineConfig } from 'vite';

export default defineConfig({
  base: '/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: ['chrome111', 'firefox114', 'safari16.4'],
    assetsDir: 'assets',
    // No inline data: the content security policy allows files of this origin and nothing else.
    assetsInlineLimit: 0,
    // The page names both files of the first load, so that the second does not wait for the first.
    modulePreload: { polyfill: false, resolveDependencies: (_, files, { hostType }) => (hostType === 'html' ? files : []) },
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'preact', test: /node_modules/ }] } } },
    reportCompressedSize: false,
    emptyOutDir: true,
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:7373', '/ws': { target: 'ws://127.0.0.1:7373', ws: true } } },
});

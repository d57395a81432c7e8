import { defineConfig } from "vitest/config";

// The host that `npm run dev` sends the API's requests to.
const host = process.env.PLUGGARR_URL ?? "http://127.0.0.1:9191";

export default defineConfig({
  esbuild: { jsx: "automatic" },
  build: {
    outDir: "dist",
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // the content security policy takes files only
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700, // KB, as they are; the test of speed holds what is sent
    rollupOptions: {
      onwarn: (warning, warn) => {
        // Marks for servers that render React; there is none here.
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") {
          warn(warning);
        }
      },
    },
  },
  server: {
    proxy: {
      "/api": { target: host, changeOrigin: true, headers: { origin: host } },
      "/ws": { target: host, ws: true, changeOrigin: true, headers: { origin: host } },
    },
  },
  test: { include: ["src/**/*.test.{ts,tsx}"], environment: "node" },
});

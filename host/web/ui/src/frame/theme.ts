// How the page looks where Mantine leaves a choice.

import { createTheme, virtualColor } from "@mantine/core";

export const theme = createTheme({
  colors: { primary: virtualColor({ name: "primary", light: "indigo", dark: "indigo" }) },
  primaryColor: "indigo",
  primaryShade: { light: 7, dark: 8 },
  autoContrast: true,
  defaultRadius: "md",
  cursorType: "pointer",
  fontFamily: "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace",
  headings: { fontWeight: "650" },
});

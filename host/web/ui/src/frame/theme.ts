// How the page looks where Mantine leaves a choice.

import { createTheme, defaultVariantColorsResolver, parseThemeColor, type CSSVariablesResolver, type VariantColorsResolver } from "@mantine/core";

const tinted = ["light", "outline", "subtle", "transparent"];

/** Text in a colour is dark enough on white and light enough on black. */
const colors: VariantColorsResolver = (input) => {
  const usual = defaultVariantColorsResolver(input);
  const color = parseThemeColor({ color: input.color ?? input.theme.primaryColor, theme: input.theme });
  if (!color.isThemeColor || !tinted.includes(input.variant)) {
    return usual;
  }
  const shade = (n: number) => `var(--mantine-color-${color.color}-${n})`;
  const text = `light-dark(${shade(9)}, ${shade(2)})`;
  const tint = `color-mix(in srgb, ${shade(6)} 13%, transparent)`;
  const stronger = `color-mix(in srgb, ${shade(6)} 22%, transparent)`;
  switch (input.variant) {
    case "light":
      return { ...usual, color: text, background: tint, hover: stronger };
    case "outline":
      return { ...usual, color: text, border: `1px solid ${shade(6)}`, hover: tint };
    default:
      return { ...usual, color: text };
  }
};

export const theme = createTheme({
  variantColorResolver: colors,
  primaryColor: "indigo",
  primaryShade: { light: 7, dark: 8 },
  autoContrast: true,
  luminanceThreshold: 0.179, // where black and white are read equally well
  defaultRadius: "md",
  cursorType: "pointer",
  fontFamily: "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace",
  headings: { fontWeight: "650" },
});

/** Colours that Mantine has too faint to be read by everybody. */
export const readable: CSSVariablesResolver = () => ({
  variables: {},
  light: { "--mantine-color-dimmed": "#565d64", "--mantine-color-error": "#c22525", "--mantine-color-placeholder": "#6b737b" },
  dark: { "--mantine-color-dimmed": "#a9b0b7", "--mantine-color-error": "#ff8787", "--mantine-color-placeholder": "#949ba2" },
});

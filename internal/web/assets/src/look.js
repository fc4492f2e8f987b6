// How terminals look, in light and in dark.
const dark = matchMedia("(prefers-color-scheme: dark)");
const themes = {
  light: {
    background: "#fbfbfc", foreground: "#1b1f24", cursor: "#1b1f24", cursorAccent: "#fbfbfc", selectionBackground: "#b6d4f7",
    black: "#24292f", red: "#b3261e", green: "#186a2b", yellow: "#7a4f00", blue: "#1f5fa8", magenta: "#7d3fb0", cyan: "#0b6470", white: "#57606a",
    brightBlack: "#57606a", brightRed: "#a0111f", brightGreen: "#116329", brightYellow: "#633c01", brightBlue: "#0a4b97", brightMagenta: "#6639ba", brightCyan: "#0b5560", brightWhite: "#24292f",
  },
  dark: { background: "#0e1013", foreground: "#e6e8eb", cursor: "#e6e8eb", cursorAccent: "#0e1013", selectionBackground: "#33557d" },
};

export const look = {
  allowProposedApi: true, fontFamily: 'ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace', fontSize: 14, lineHeight: 1.15, minimumContrastRatio: 4.5,
};

// followTheme gives a terminal the colours that the browser prefers, now and whenever that changes.
export function followTheme(terminal) {
  const follow = () => (terminal.options.theme = dark.matches ? themes.dark : themes.light);
  follow();
  dark.addEventListener("change", follow);
}

const pixels = 40; // that the wheel turns for one line

// scrollPrograms makes the wheel scroll in pagers and editors that don't use the mouse, by arrow keys, as
// terminals do: several lines at a turn. By itself, xterm.js sends one.
export function scrollPrograms(terminal) {
  let left = 0; // of a line
  terminal.attachCustomWheelEventHandler((event) => {
    if (terminal.buffer.active.type !== "alternate" || terminal.modes.mouseTrackingMode !== "none" || event.shiftKey) return true;
    const lines = left + event.deltaY * { 0: 1 / pixels, 1: 1, 2: terminal.rows }[event.deltaMode];
    left = lines % 1;
    const start = terminal.modes.applicationCursorKeysMode ? "\x1bO" : "\x1b[";
    terminal.input((start + (lines < 0 ? "A" : "B")).repeat(Math.abs(Math.trunc(lines))));
    event.preventDefault();
    return false;
  });
}

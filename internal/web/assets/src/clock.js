// The time that is left in an exam: the server says how much at one moment, and whether the clock runs.
const second = 1000; // milliseconds

// showTime counts the time down on the page. What the server says later replaces it.
export function showTime() {
  let shown, began;
  const tick = () => {
    const clock = document.getElementById("left");
    if (!clock) return;
    if (clock !== shown) [shown, began] = [clock, performance.now()];
    if (clock.dataset.runs !== "yes") return;
    const left = Math.max(0, Math.ceil(Number(clock.dataset.left) - (performance.now() - began) / second));
    clock.textContent = text(left);
  };
  tick();
  setInterval(tick, second / 4);
}

function text(seconds) {
  const two = (n) => String(n).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

// How a page leaves for another one, or for itself. Loading it again must cancel neither the way to another page
// nor an earlier load: what happens meanwhile is told to the page that comes.
const patience = 10000; // milliseconds until a page that has not left tries again
let since = -Infinity; // when the page began to leave

export function go(to) {
  since = performance.now();
  location.assign(to);
}

export function reload() {
  if (performance.now() - since < patience) return;
  since = performance.now();
  location.reload();
}

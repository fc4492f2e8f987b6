// How a page leaves for another one, or for itself. Loading it again must not cancel the way to another page.
let leaves = false;

export function go(to) {
  leaves = true;
  location.assign(to);
}

export function reload() {
  if (!leaves) location.reload();
}

// Follows a stream of the server's events. A browser tries again by itself when the connection is lost, but gives
// up after any answer that is not a stream, such as that of a proxy whose server is away.
const firstPause = 1000; // milliseconds until the next try
const longestPause = 30000;

// follow calls the handlers with what events of their kinds carry, lost when the connection is lost, and back when
// it is there. It returns what ends it.
export function follow(address, handlers, { lost, back } = {}) {
  const url = new URL(address, location.href);
  let events, timer;
  let pause = firstPause;
  const open = () => {
    events = new EventSource(url);
    for (const [kind, handle] of Object.entries(handlers)) {
      events.addEventListener(kind, ({ data, lastEventId }) => {
        if (lastEventId) url.searchParams.set("after", lastEventId);
        handle(data);
      });
    }
    events.onopen = () => {
      pause = firstPause;
      back?.();
    };
    events.onerror = () => {
      lost?.();
      if (events.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(open, pause);
      pause = Math.min(longestPause, pause * 2);
    };
  };
  open();
  return () => {
    clearTimeout(timer);
    events.close();
  };
}

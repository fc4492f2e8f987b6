let fast; // found out once

// drawsFast reports whether WebGL draws with a graphics processor. Without one, the browser draws text
// faster by itself.
export function drawsFast() {
  fast ??= probe();
  return fast;
}

function probe() {
  const context = document.createElement("canvas").getContext("webgl2", { failIfMajorPerformanceCaveat: true });
  if (!context) return false;
  const details = context.getExtension("WEBGL_debug_renderer_info");
  const renderer = String(context.getParameter(details ? details.UNMASKED_RENDERER_WEBGL : context.RENDERER));
  context.getExtension("WEBGL_lose_context")?.loseContext();
  return !/swiftshader|llvmpipe|software|basic render/i.test(renderer);
}

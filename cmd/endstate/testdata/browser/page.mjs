// What the stories share: a browser, what a terminal shows, screenshots, and axe.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export const patience = 60_000; // milliseconds

// A story that fails says what its pages show.
const opened = [];
process.once("uncaughtException", async (error) => {
  console.error(error.stack ?? error);
  for (const page of opened.filter((one) => !one.isClosed())) {
    console.error(`\n${page.url()} shows:\n${await page.locator("body").innerText({ timeout: 5000 }).catch((why) => why.message)}`);
  }
  process.exit(1);
});

export async function launch(...more) {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: [...flags, ...more] });
}

// open opens a page that fails the story if a script on it fails or something is refused to it.
export async function open(context, failures) {
  const page = await context.newPage();
  opened.push(page);
  const goto = page.goto.bind(page);
  page.goto = async (address, options) => {
    for (let tries = 1; ; tries++) {
      // The networks of labs come and go on this machine. Chromium then drops connections, also in the middle of a page.
      const answer = await goto(address, options).catch((error) => {
        if (tries === 5 || !/ERR_NETWORK_CHANGED|chrome-error:/.test(error.message)) throw error;
      });
      if (answer === null || (answer && (tries === 5 || !(await answer.finished())))) return answer;
    }
  };
  page.setDefaultTimeout(patience);
  reloads(page, failures);
  page.on("pageerror", (error) => failures.push(`a script failed: ${error.stack}`));
  page.on("console", (message) => {
    const text = message.text();
    // Chromium gives up connecting when a network of the machine changes, as those of labs do, and then tries again.
    if (message.type() === "error" && !text.includes("ERR_NETWORK_CHANGED")) failures.push(`the console says: ${text} (${message.location().url})`);
  });
  return page;
}

// reloads loads a page again that has come without its body: Chromium may drop a connection in the middle of
// a page that a click leads to, too. It says why, and fails the story if that happens again and again.
function reloads(page, failures) {
  const why = [];
  page.on("requestfailed", (request) => why.push(`${request.method()} ${request.url()}: ${request.failure()?.errorText}`));
  let since = 0; // when the page was first seen without a body
  let times = 0;
  let asking = false;
  const watch = setInterval(async () => {
    if (asking) return;
    asking = true;
    const empty = await page.evaluate(() => !document.body && location.protocol !== "about:").catch(() => false);
    asking = false;
    since = empty ? since || Date.now() : 0;
    if (!since || Date.now() - since < 5000) return;
    since = 0;
    console.error(`${page.url()} has no body. Requests that failed: ${why.slice(-5).join(", ") || "none"}`);
    if (++times > 3) failures.push(`${page.url()} comes without its body, again and again`);
    else await page.reload().catch(() => {});
  }, 1000);
  watch.unref();
  page.on("close", () => clearInterval(watch));
}

// starts starts a lab at a seed, and waits for its shell.
export async function starts(page, address, scenario, seed) {
  await page.goto(new URL("/scenarios", address).href);
  await page.locator(`form:has(input[value="${scenario}"])`).evaluate((form, value) => {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name: "seed", value });
    form.append(input);
    form.requestSubmit();
  }, seed);
  await page.waitForURL(`**/labs/${scenario}`);
  await sees(page, "$");
}

// screen returns what the terminal shows.
export async function screen(page) {
  return page.evaluate(() => [...document.querySelectorAll(".screen:not([hidden]) .xterm-rows > div")].map((row) => row.textContent.replaceAll("\u00a0", " ")).join("\n"));
}

// sees waits until the terminal shows a text, or something that matches.
export async function sees(page, text) {
  const shown = () => screen(page).catch(() => ""); // the page may be loading
  for (const end = Date.now() + patience; Date.now() < end; await page.waitForTimeout(50)) {
    const all = await shown();
    if (text instanceof RegExp ? text.test(all) : all.includes(text)) return all;
  }
  assert.fail(`the terminal does not show ${text}:\n${await shown()}`);
}

// clicks clicks on the beginning of a row of the terminal.
export async function clicks(page, text, options) {
  const row = await page.locator(".screen:not([hidden]) .xterm-rows > div", { hasText: text }).first().boundingBox();
  await page.mouse.click(row.x + 4, row.y + row.height / 2, options);
}

// accessible fails if axe finds something.
export async function accessible(page, what) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ exclude: [".xterm"] }));
  const found = violations.map((v) => `${v.id}: ${v.help}\n${v.nodes.map((n) => `    ${n.html}`).join("\n")}`);
  assert.deepEqual(found, [], `what axe finds on ${what}`);
}

// pictures takes screenshots of a page: wide and narrow, light and dark, and zoomed.
export async function pictures(page, folder, name) {
  const both = ["light", "dark"];
  for (const [size, width, height, schemes] of [["wide", 1280, 800, both], ["narrow", 390, 800, both], ["zoomed", 640, 400, ["light"]]]) { // a wide one at 200 %
    for (const colorScheme of schemes) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(200);
      await page.screenshot({ path: `${folder}/${name}-${size}-${colorScheme}.png`, fullPage: true });
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(beyond <= 0, `${name} is ${beyond} pixels wider than a ${size} screen`);
      await accessible(page, `${name}, ${size}, ${colorScheme}`);
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: "light" });
}

// The terminals of a lab are real ones: colours, wide characters, resizing, the alternate screen, mouse,
// paste and copy, and the programs that need all of that. It is drawn with WebGL where that is fast, and
// goes on without.
// node terminal.mjs ADDRESS SCENARIO-WITH-MYSQL SCENARIO-WITH-MONGOSH SEED PICTURES
import assert from "node:assert/strict";
import { accessible, clicks, launch, open, screen, sees, starts } from "./page.mjs";

const [address, mysql, mongosh, seed, folder] = process.argv.slice(2);
const failures = [];
const browser = await launch();
const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
const page = await open(context, failures);
await page.goto(address);
await starts(page, address, mysql, seed);

// Colours, and characters that take two columns or none.
await page.keyboard.type("clear; echo $TERM $COLORTERM $(tput colors)\n");
await sees(page, "xterm-256color truecolor 256");
await page.keyboard.type(String.raw`printf '\e[48;2;10;200;30mtrue\e[0m \e[48;5;208mpalette\e[0m \e[3mslanted\e[0m\n'` + "\n");
await sees(page, "true palette slanted");
const colour = (text) => page.locator(".screen:not([hidden]) .xterm-rows span", { hasText: new RegExp(`^${text}$`) }).last().evaluate((span) => getComputedStyle(span).backgroundColor);
assert.equal(await colour("true"), "rgb(10, 200, 30)");
assert.equal(await colour("palette"), "rgb(255, 135, 0)");
await page.keyboard.type(String.raw`printf '漢字e\u0301🙂'; IFS=';' read -rsdR -p $'\e[6n' row column; echo; echo "column $column"` + "\n");
await sees(page, "column 8");

// The shell knows the size, and follows it.
const size = async (width, height) => {
  await page.setViewportSize({ width, height });
  await page.waitForTimeout(500);
  await page.keyboard.type(`clear; stty size; echo si''zed ${height}\n`);
  const [, rows, columns] = (await sees(page, `sized ${height}`)).match(/(\d+) (\d+)\s/);
  return { rows: Number(rows), columns: Number(columns) };
};
const [large, small] = [await size(1280, 900), await size(1000, 600)];
assert.ok(large.columns > small.columns && large.rows > small.rows, `${JSON.stringify(large)} became ${JSON.stringify(small)}`);
await size(1280, 800);

// Editors and pagers have a screen of their own, and the page that is loaded again shows it.
await page.keyboard.type("seq -f 'line %g' 1 500 >/tmp/lines; clear; echo un''derneath\n");
await sees(page, "underneath");
await page.keyboard.type("vim -u NONE -c 'set mouse=a' /tmp/lines\n");
await sees(page, "line 3");
assert.ok(!(await screen(page)).includes("underneath"), "vim draws over the shell");
await page.keyboard.type("Gofrom the browser: 漢字");
await page.keyboard.press("Escape");
await sees(page, "from the browser: 漢字");
await page.reload();
await sees(page, "from the browser: 漢字");
await page.keyboard.type("gg");
await sees(page, "line 3");
await clicks(page, "line 7"); // a click moves vim's cursor, although the page was loaded again
await page.keyboard.type("xiX");
await page.keyboard.press("Escape");
await sees(page, "Xine 7");
await page.setViewportSize({ width: 1000, height: 600 });
let lines; // ask again: a size that reaches vim later wipes the answer away
for (let n = 0; n < 20 && lines !== small.rows; n++) {
  await page.keyboard.type(":set lines?\n");
  await page.waitForTimeout(500);
  lines = Number((await screen(page)).match(/lines=(\d+)/)?.[1]);
}
assert.equal(lines, small.rows, "vim does not follow the size");
await page.setViewportSize({ width: 1280, height: 800 });
await page.keyboard.type(":wq\n");
assert.ok(!(await sees(page, "underneath")).includes("Xine"), "vim's screen stays");
await page.keyboard.type("LESS= less /tmp/lines\n");
await sees(page, "line 3");
await page.mouse.move(900, 400);
await page.mouse.wheel(0, 800);
await sees(page, "line 40");
await page.keyboard.type("/from the b\n");
await sees(page, "(END)");
await page.keyboard.type("q");
await sees(page, "underneath");

// A paste of several lines waits for Enter, and the selection is copied.
await page.keyboard.type("clear\n");
await page.waitForTimeout(1000); // the shell accepts a paste when it has shown its prompt
await page.evaluate(() => navigator.clipboard.writeText("echo first pasted\necho second pasted"));
await page.keyboard.press("Control+Shift+V");
await sees(page, "echo second pasted");
await page.waitForTimeout(300);
assert.ok(!/^first pasted/m.test(await screen(page)), "a line was executed by the paste");
await page.keyboard.press("Enter");
await page.keyboard.type("echo copy-th''is-word\n");
await sees(page, "copy-this-word");
assert.match(await screen(page), /^first pasted\s*\nsecond pasted/m);
await clicks(page, /^copy-this-word/, { clickCount: 2 });
await page.keyboard.press("Control+Shift+C");
assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "copy-this-word");

// tmux draws on the whole screen, splits it, and its shells go on while nobody is attached. In-lab commands
// work in its terminals, too.
await page.keyboard.type("clear; echo be''low; tmux\n");
await sees(page, "[0] 0:bash");
await page.keyboard.type("left=$$; echo pane $left-le''ft\n");
const left = (await sees(page, "-left")).match(/pane (\d+)-left/)[1];
await page.keyboard.press("Control+B");
await page.keyboard.type("%");
await sees(page, "│");
await page.keyboard.type("task | head -n 3; echo task-sh''own\n");
await sees(page, "task-shown");
await page.screenshot({ path: `${folder}/terminal-tmux.png` });
await page.keyboard.press("Control+B");
await page.keyboard.type("d");
assert.ok(!(await sees(page, "detached (from session 0)")).includes("│"), "tmux's screen stays");
await page.keyboard.type("tmux attach\n");
await sees(page, `pane ${left}-left`);
await page.keyboard.type("exit\n");
await page.waitForTimeout(500); // one of its terminals is closed
await page.keyboard.type("exit\n");
await sees(page, "[exited]");

// Clients of databases: prompts, history, and keys that end a statement but not the program.
await page.keyboard.type("clear; mysql\n");
await sees(page, "mysql (none)>");
await page.keyboard.type("SELECT 6 * 7 AS answer;\n");
await sees(page, "|     42 |");
await page.keyboard.press("ArrowUp");
await page.keyboard.press("Control+A");
await page.keyboard.type("EXPLAIN ");
await sees(page, "EXPLAIN SELECT 6 * 7");
await page.keyboard.press("Control+C");
await page.waitForTimeout(500); // it drops keys that come with it
await page.keyboard.type("exit\n");
await sees(page, "Bye");
await page.screenshot({ path: `${folder}/terminal-mysql.png` });
await starts(page, address, mongosh, seed);
await page.keyboard.type("mongosh --quiet\n");
await sees(page, "> ");
await page.keyboard.type("6 * 7\n");
await sees(page, "42");
await page.keyboard.press("ArrowUp");
await page.keyboard.type(" + 1\n");
await sees(page, "43");
await page.keyboard.type("db.getColl");
await page.keyboard.press("Tab");
await sees(page, "db.getCollection");
await page.keyboard.press("Control+C");
await page.waitForTimeout(500); // it drops keys that come with it
await page.keyboard.type("exit\n");
await sees(page, /exit\s*\n.*\$\s*$/);
await page.screenshot({ path: `${folder}/terminal-mongosh.png` });

// In full screen, the browser's own keys go to the terminal.
await page.getByRole("button", { name: "Full screen" }).click();
await page.waitForFunction(() => document.fullscreenElement?.id === "lab");
await page.keyboard.type("clear; echo lo''cked\n");
await sees(page, "locked");
await accessible(page, "the lab in full screen");
await page.getByRole("button", { name: "Full screen" }).click();
await page.waitForFunction(() => !document.fullscreenElement);

// WebGL draws the terminal where that is fast; when its context is lost, the terminal goes on without.
const fast = await launch();
const drawn = await open(await fast.newContext({ storageState: await context.storageState() }), failures);
await drawn.addInitScript(() => {
  const { getParameter } = WebGL2RenderingContext.prototype;
  WebGL2RenderingContext.prototype.getParameter = function (name) {
    const answer = getParameter.call(this, name);
    return /SwiftShader/.test(answer) ? "as if there were a graphics processor" : answer;
  };
});
await drawn.goto(new URL(`/labs/${mongosh}`, address).href);
await drawn.locator(".xterm-screen canvas").first().waitFor();
await drawn.keyboard.type("clear; echo drawn by W''ebGL\n");
await drawn.waitForTimeout(1000);
assert.equal(await drawn.locator(".xterm-rows").count(), 0, "the browser's text is drawn, too");
await drawn.screenshot({ path: `${folder}/terminal-webgl.png` });
await drawn.locator(".xterm-screen canvas").evaluateAll((all) => all.forEach((canvas) => canvas.getContext("webgl2")?.getExtension("WEBGL_lose_context")?.loseContext()));
await sees(drawn, "drawn by WebGL");
await drawn.keyboard.type("echo and wi''thout\n");
await sees(drawn, "and without");
await fast.close();

await browser.close();
assert.deepEqual(failures, []);
console.log("done");

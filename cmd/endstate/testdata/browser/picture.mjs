// Makes the picture of the README: a lab in the middle of its repair, after a check.
// node picture.mjs ADDRESS SCENARIO SEED FILE
import { launch, open, sees, starts } from "./page.mjs";

const [address, scenario, seed, file] = process.argv.slice(2);
const browser = await launch();
const page = await open(await browser.newContext({ viewport: { width: 1060, height: 600 } }), []);
await page.goto(address);
await starts(page, address, scenario, seed);
await page.keyboard.type("clear; cd ~/*/; git status --short\n");
await sees(page, "MERGE$"); // the next prompt
await page.keyboard.type("git checkout --theirs . && git commit -qam Merge && git log --oneline --graph -6\n");
await sees(page, "(HEAD -> main) Merge");
await page.keyboard.press("Control+Shift+Enter");
await page.locator("#verdicts .score").waitFor();
await page.waitForTimeout(1500); // the page scrolls to the verdicts
await page.screenshot({ path: file });
await browser.close();

// The page of an exam, with its clock and its questions.
import { Acts } from "./acts.js";
import { showTime } from "./clock.js";

const page = document.getElementById("exam");
if (page) {
  new Acts(page);
  showTime();
}

/** Sleeps again and again: most of the real time passes between two programs. */
import Sleep from "sleep";

trace("awake\n");
Sleep.deep(10_000);

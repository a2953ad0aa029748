/** Takes over: says what reaches it. */
import type { App, AppApi } from "../../device/app/api.js";

export default (api: AppApi): App => ({
  onVerdict: () => api.log("successor: onVerdict"),
  onTimer: (name) => api.log(`successor: onTimer ${name}`),
});

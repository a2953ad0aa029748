/** Every native method, with valid arguments: the C functions themselves, without the TypeScript classes in front of them. */
import { arena, frame, kinds, model, type KindName } from "./objects.xs.js";

export interface Method {
  native: ReturnType<typeof native>;
  /** The class of `this`; undefined: it does not matter. */
  self?: KindName;
  /** What `this` is in a good call: constructors want what has no data yet. */
  state?: "open" | "bare";
  args?(): unknown[];
  /** Which arguments are whole numbers that are checked, numbers, buffers that are read and that are written. */
  whole?: number[];
  numbers?: number[];
  reads?: number[];
  writes?: number[];
  /** Class of the object at argument 0. */
  object?: KindName;
  /** Without data it does nothing, and works twice. */
  closes?: true;
}

const floats = (count: number): ArrayBuffer => new Float32Array(count).fill(0.5).buffer;
const bytes = (count: number): Uint8Array => new Uint8Array(count).fill(7);
/** 868.1 MHz, SF7, 125 kHz, 4/5, preamble, IQ, CRC, sync word, header; power, symbols, microseconds. */
const settings = (timeout = 0): ArrayBuffer =>
  Int32Array.of(868100000, 7, 125000, 5, 8, 0, 1, 0x34, 0, 14, 0, timeout).buffer;
/** Two receive windows, and their number before them: modulation, microseconds of delay, symbols. */
const windows = (): ArrayBuffer =>
  Int32Array.of(2, ...[1_000_000, 2_000_000].flatMap((delay) => [868100000, 7, 125000, 5, 8, 1, 0, 0x34, 0, delay, 8]))
    .buffer;
/** SX1262 with a crystal, LDO, no RF switch, no limit, boosted gain; SPI and pins. */
const board = (): ArrayBuffer =>
  Int32Array.of(1, 0, 5000, 0, 0, 0, 127, 0, 2, 1, 2, 3, 4, 8000000, 5, 6, 7, 8, -1, -1).buffer;
const ed25519State = (native("xs_ed25519_start").call(undefined, bytes(32), bytes(64)) as ArrayBuffer).byteLength;
const timer = (): object => kinds.timer.make();

/** Except xs_host_exit, xs_sleep_deep and xs_firmware_restart, which end the program, and xs_host_stress, which is the test's own. */
export const natives: Record<string, Method> = {
  xs_fft: { native: native("xs_fft"), self: "fft", state: "bare", args: () => [16], whole: [0] },
  xs_fft_forward: { native: native("xs_fft_forward"), self: "fft", args: () => [floats(16)], writes: [0] },
  xs_fft_power: {
    native: native("xs_fft_power"),
    self: "fft",
    args: () => [floats(20), 3, 0.5],
    whole: [1],
    numbers: [2],
    reads: [0],
  },
  xs_fft_envelope: {
    native: native("xs_fft_envelope"),
    self: "fft",
    args: () => [floats(20), 3, 0.5],
    whole: [1],
    numbers: [2],
    reads: [0],
  },
  xs_fft_bin: { native: native("xs_fft_bin"), self: "fft", args: () => [8], whole: [0] },
  xs_fft_band: { native: native("xs_fft_band"), self: "fft", args: () => [1, 9], whole: [0, 1] },
  xs_statistics_moments: {
    native: native("xs_statistics_moments"),
    args: () => [floats(20), 3, 20, new Float64Array(5).buffer],
    whole: [1, 2],
    reads: [0],
    writes: [3],
  },
  xs_statistics_shape: {
    native: native("xs_statistics_shape"),
    args: () => [floats(20), 3, 20, new Float64Array(5).buffer, new Float64Array(5).buffer],
    whole: [1, 2],
    reads: [0, 3],
    writes: [4],
  },
  xs_statistics_squares: {
    native: native("xs_statistics_squares"),
    args: () => [floats(20), 3, 20, floats(30), 5, 1],
    whole: [1, 2, 4, 5],
    reads: [0],
    writes: [3],
  },
  xs_statistics_roots: {
    native: native("xs_statistics_roots"),
    args: () => [floats(20), 3, 17],
    whole: [1, 2],
    writes: [0],
  },
  xs_statistics_take: {
    native: native("xs_statistics_take"),
    args: () => [floats(20), 3, floats(30), 2, 25, new Float64Array(9).buffer],
    whole: [1, 3, 4],
    reads: [2],
    writes: [0, 5],
  },
  xs_statistics_correlation: {
    native: native("xs_statistics_correlation"),
    args: () => [floats(20), floats(20), 3, 17],
    whole: [2, 3],
    reads: [0, 1],
  },
  xs_samples_unpack: {
    native: native("xs_samples_unpack"),
    args: () => [bytes(60).buffer, 2, 6, 9, new Int16Array(32).buffer, 30],
    whole: [1, 2, 3, 5],
    reads: [0],
    writes: [4],
  },
  xs_samples_weights: {
    native: native("xs_samples_weights"),
    args: () => [new Int32Array(1024).buffer, 0.3],
    numbers: [1],
    writes: [0],
  },
  xs_samples_resample: {
    native: native("xs_samples_resample"),
    args: () => [new Int16Array(32).buffer, new Int32Array(1024).buffer, 3.5, 1.5, 20, 0.1, floats(9), 9],
    whole: [7],
    numbers: [2, 3, 4, 5],
    reads: [0, 1],
    writes: [6],
  },
  xs_samples_sound: {
    native: native("xs_samples_sound"),
    args: () => [new Int16Array(40).buffer, 3, 30, new Float64Array(2).buffer, floats(64), 5],
    whole: [1, 2, 5],
    reads: [0],
    writes: [3, 4],
  },
  xs_crypt_sha256: { native: native("xs_crypt_sha256"), args: () => [bytes(70), 69], whole: [1], reads: [0] },
  xs_ed25519_start: { native: native("xs_ed25519_start"), args: () => [bytes(32), bytes(64)], reads: [0, 1] },
  // Any state will do: a count of bytes that is no block's.
  xs_ed25519_add: {
    native: native("xs_ed25519_add"),
    args: () => [bytes(ed25519State), bytes(70), 69],
    whole: [2],
    writes: [0],
    reads: [1],
  },
  xs_ed25519_step: { native: native("xs_ed25519_step"), args: () => [bytes(ed25519State)], writes: [0] },
  xs_fft_close: { native: native("xs_fft_close"), self: "fft", closes: true },
  xs_inference: {
    native: native("xs_inference"),
    self: "inference",
    state: "bare",
    args: () => [model, arena, 0],
    whole: [1, 2],
    reads: [0],
  },
  xs_inference_check_input: {
    native: native("xs_inference_check_input"),
    self: "inference",
    args: () => [0, frame()],
    whole: [0],
    reads: [1],
  },
  xs_inference_invoke: {
    native: native("xs_inference_invoke"),
    self: "inference",
    args: () => [frame(), undefined, undefined],
    reads: [0],
  },
  xs_inference_reset: { native: native("xs_inference_reset"), self: "inference" },
  xs_inference_arena_used: { native: native("xs_inference_arena_used"), self: "inference" },
  xs_inference_backend: { native: native("xs_inference_backend") },
  xs_inference_count: { native: native("xs_inference_count"), self: "inference", args: () => [true] },
  xs_inference_about: { native: native("xs_inference_about"), self: "inference", args: () => [true, 0], whole: [1] },
  xs_inference_tensor: {
    native: native("xs_inference_tensor"),
    self: "tensor",
    state: "bare",
    args: () => [kinds.inference.make(), true, 0],
    whole: [2],
    object: "inference",
  },
  xs_inference_tensor_detach: { native: native("xs_inference_tensor_detach"), self: "tensor", closes: true },
  xs_inference_close: { native: native("xs_inference_close"), self: "inference", closes: true },
  xs_lora_open: {
    native: native("xs_lora_open"),
    self: "radio",
    state: "bare",
    args: () => [board(), () => {}],
    reads: [0],
  },
  xs_lora_now: { native: native("xs_lora_now"), self: "radio" },
  xs_lora_transmit: {
    native: native("xs_lora_transmit"),
    self: "radio",
    args: () => [bytes(9), settings(), windows()],
    reads: [0, 1, 2],
  },
  xs_lora_receive: {
    native: native("xs_lora_receive"),
    self: "radio",
    args: () => [settings(9000), 20],
    numbers: [1],
    reads: [0],
  },
  xs_lora_detect: { native: native("xs_lora_detect"), self: "radio", args: () => [settings()], reads: [0] },
  xs_lora_measure: { native: native("xs_lora_measure"), self: "radio", args: () => [settings(9000)], reads: [0] },
  xs_lora_random: { native: native("xs_lora_random"), self: "radio" },
  xs_lora_sleep: { native: native("xs_lora_sleep"), self: "radio", args: () => [true] },
  xs_lora_standby: { native: native("xs_lora_standby"), self: "radio" },
  xs_lora_close: { native: native("xs_lora_close"), self: "radio", closes: true },
  xs_lora_airtime: {
    native: native("xs_lora_airtime"),
    args: () => [9, 7, 125000, 5, 8, true, true],
    whole: [0, 1, 2, 3, 4],
  },
  xs_script_open: {
    native: native("xs_script_open"),
    self: "script",
    state: "bare",
    args: () => [20480, 384, "statistics", () => ""],
    whole: [0, 1],
  },
  xs_script_call: { native: native("xs_script_call"), self: "script", args: () => ["", 100], whole: [1] },
  xs_script_close: { native: native("xs_script_close"), self: "script", closes: true },
  xs_script_protect: { native: native("xs_script_protect") },
  xs_aes_encrypt: {
    native: native("xs_aes_encrypt"),
    args: () => [bytes(16), bytes(40), 8],
    whole: [2],
    reads: [0],
    writes: [1],
  },
  xs_aes_cmac: {
    native: native("xs_aes_cmac"),
    args: () => [bytes(16), bytes(40), 40, bytes(16)],
    whole: [2],
    reads: [0, 1],
    writes: [3],
  },
  xs_sleep_can: { native: native("xs_sleep_can") },
  xs_sleep_cause: { native: native("xs_sleep_cause") },
  xs_sleep_rtc: { native: native("xs_sleep_rtc") },
  xs_sleep_read: { native: native("xs_sleep_read"), args: () => [7, 1], whole: [0, 1] },
  xs_sleep_write: {
    native: native("xs_sleep_write"),
    args: () => [7, bytes(20), 20, 1],
    whole: [0, 2, 3],
    reads: [1],
  },
  xs_sleep_checksum: { native: native("xs_sleep_checksum"), args: () => [bytes(20)], reads: [0] },
  xs_sleep_erase: { native: native("xs_sleep_erase") },
  xs_sleep_hold: { native: native("xs_sleep_hold"), args: () => [25], whole: [0] },
  xs_sleep_keep: { native: native("xs_sleep_keep"), args: () => [25], whole: [0] },
  xs_sleep_release: { native: native("xs_sleep_release"), args: () => [25], whole: [0] },
  xs_sleep_awake: { native: native("xs_sleep_awake"), args: () => [false] },
  xs_simserial: {
    native: native("xs_simserial"),
    self: "serial",
    state: "bare",
    args: () => [115200, () => {}],
    whole: [0],
  },
  xs_simserial_read: { native: native("xs_simserial_read"), self: "serial" },
  xs_simserial_write: { native: native("xs_simserial_write"), self: "serial", args: () => [bytes(4)], reads: [0] },
  xs_simserial_close: { native: native("xs_simserial_close"), self: "serial", closes: true },
  xs_sleep_light: { native: native("xs_sleep_light") },
  xs_instruments_start: { native: native("xs_instruments_start") },
  xs_instruments_set: { native: native("xs_instruments_set"), args: () => [2, 7], whole: [0, 1] },
  xs_memory_start: { native: native("xs_memory_start") },
  xs_memory_heap: { native: native("xs_memory_heap") },
  xs_memory_stack: { native: native("xs_memory_stack") },
  xs_watchdog_timeout: { native: native("xs_watchdog_timeout") },
  xs_watchdog_start: { native: native("xs_watchdog_start") },
  xs_watchdog_feed: { native: native("xs_watchdog_feed") },
  xs_firmware_running: { native: native("xs_firmware_running") },
  xs_firmware_state: { native: native("xs_firmware_state"), args: () => [1], whole: [0] },
  xs_firmware_confirm: { native: native("xs_firmware_confirm") },
  xs_firmware_giveUp: { native: native("xs_firmware_giveUp") },
  xs_firmware_version: { native: native("xs_firmware_version") },
  xs_simota_begin: { native: native("xs_simota_begin") },
  xs_simota_complete: { native: native("xs_simota_complete") },
  xs_simpins_read: { native: native("xs_simpins_read"), args: () => [5], whole: [0] },
  xs_simpins_write: { native: native("xs_simpins_write"), args: () => [5, 1], whole: [0, 1] },
  xs_simflash: { native: native("xs_simflash"), self: "flash", state: "bare", args: () => ["outbox"] },
  xs_simflash_erase: { native: native("xs_simflash_erase"), self: "flash", args: () => [1], whole: [0] },
  xs_simflash_read: { native: native("xs_simflash_read"), self: "flash", args: () => [8, 16], whole: [0, 1] },
  xs_simflash_write: {
    native: native("xs_simflash_write"),
    self: "flash",
    args: () => [8, 16, bytes(16)],
    whole: [0, 1],
    reads: [2],
  },
  xs_simflash_map: { native: native("xs_simflash_map"), self: "flash" },
  xs_simflash_byteLength: { native: native("xs_simflash_byteLength"), self: "flash" },
  xs_simflash_blockSize: { native: native("xs_simflash_blockSize"), self: "flash" },
  Resource_constructor: {
    native: native("Resource_constructor"),
    self: "resource",
    state: "bare",
    args: () => ["model.tflite"],
  },
  Resource_exists: { native: native("Resource_exists"), args: () => ["model.tflite"] },
  Resource_get_byteLength: { native: native("Resource_get_byteLength"), self: "resource", closes: true },
  Resource_slice: {
    native: native("Resource_slice"),
    self: "resource",
    args: () => [8, 24],
    numbers: [0, 1],
    closes: true,
  },
  xs_timer_set: { native: native("xs_timer_set"), args: () => [() => {}, 5, 5], numbers: [1, 2] },
  xs_timer_repeat: { native: native("xs_timer_repeat"), args: () => [() => {}, 5], numbers: [1] },
  xs_timer_schedule: {
    native: native("xs_timer_schedule"),
    args: () => [timer(), 5, 5],
    numbers: [1, 2],
    object: "timer",
  },
  xs_timer_clear: { native: native("xs_timer_clear"), args: () => [timer()] },
  xs_timer_delay: { native: native("xs_timer_delay"), args: () => [5], numbers: [0] },
  xs_time_set: { native: native("xs_time_set"), args: () => [1800000000], numbers: [0] },
  xs_time_timezone_get: { native: native("xs_time_timezone_get") },
  xs_time_timezone_set: { native: native("xs_time_timezone_set"), args: () => [0], numbers: [0] },
  xs_time_dst_get: { native: native("xs_time_dst_get") },
  xs_time_dst_set: { native: native("xs_time_dst_set"), args: () => [0], numbers: [0] },
  xs_time_ticks: { native: native("xs_time_ticks") },
  xs_time_microseconds: { native: native("xs_time_microseconds") },
  xs_time_delta: { native: native("xs_time_delta"), args: () => [5, 8], numbers: [0, 1] },
  xs_instrumentation_get: { native: native("xs_instrumentation_get"), args: () => [1], numbers: [0] },
  xs_instrumentation_map: { native: native("xs_instrumentation_map"), args: () => ["XS Modules Loaded"] },
  xs_instrumentation_name: { native: native("xs_instrumentation_name"), args: () => [1], numbers: [0] },
  xs_modules_host: { native: native("xs_modules_host") },
  xs_modules_archive: { native: native("xs_modules_archive") },
  xs_modules_importNow: { native: native("xs_modules_importNow"), args: () => ["fft", false] },
  xs_modules_has: { native: native("xs_modules_has"), args: () => ["fft"] },
  xs_host_args: { native: native("xs_host_args") },
};

/* eslint-disable @typescript-eslint/no-unused-vars -- the network server calls the three functions by their names */
/**
 * loam payload formatter for ChirpStack (v4: "Custom JavaScript codec functions") and The Things Stack ("Custom Javascript formatter"):
 * paste this file as it is. Uplinks: reports on port 10, deferrals on 11, faults on 12, health on 13, update status on 14, app messages on 15,
 * settings on 16. Downlinks: decisions on port 20, acknowledgements on 23.
 * Written in ES5, which both run. docs/payloads.md describes each byte; the tests compare it with the node's codec.
 */

var VERSION = 1;
var FAULTS = [
  "missing",
  "stuck",
  "not a number",
  "out of range",
  "clock jumped",
  "storage",
  "radio",
  "restarted",
  "data dropped",
  "safe mode",
  "surplus",
  "script failed",
];
var UPDATE_EVENTS = [
  "state",
  "accepted",
  "confirmed",
  "refused",
  "taken back",
  "firmware accepted",
  "firmware confirmed",
  "firmware refused",
  "firmware taken back",
];
var REFUSALS = [
  "none",
  "malformed",
  "wrong length",
  "unknown format",
  "bad signature",
  "older sequence",
  "other profile",
  "API level",
  "language level",
  "too large",
  "unknown section",
  "model refused",
  "arena too small",
  "test vectors differ",
  "other names",
  "bad settings",
  "no public key",
  "storage",
  "script failed",
  "failed starts",
  "no acknowledgement",
  "other board",
  "bad image",
  "on probation",
  "interrupted",
];
var LIMITS = [
  "seconds",
  "bytes",
  "stack",
  "actuationsPerHour",
  "uplinksPerDay",
  "storageBytes",
  "calls",
  "timersPerHour",
];
var CAUSES = ["power", "reset", "watchdog", "panic", "brownout"];
/** Of faults that have a cause instead of a sensor. */
var CAUSES_OF = {
  restarted: CAUSES,
  "safe mode": CAUSES,
  "script failed": ["time", "memory", "stack", "exception", "quota", "crash"],
};

/** {bytes, fPort} in; {data} or {errors} out. */
function decodeUplink(input) {
  try {
    return { data: decodeByPort(input.fPort, input.bytes), warnings: [], errors: [] };
  } catch (error) {
    return { errors: [error.message] };
  }
}

/** {data: {sequence, label, confidence}} for a decision, or {data: {received: [sequence, ...]}} for an acknowledgement, in; {bytes, fPort} or {errors} out. */
function encodeDownlink(input) {
  try {
    var isAcknowledgement = input.data.received !== undefined;
    return {
      bytes: isAcknowledgement ? encodeReceived(input.data.received) : encodeDecision(input.data),
      fPort: isAcknowledgement ? 23 : 20,
      warnings: [],
      errors: [],
    };
  } catch (error) {
    return { errors: [error.message] };
  }
}

/** The inverse of encodeDownlink, which The Things Stack requires. */
function decodeDownlink(input) {
  try {
    return {
      data: input.fPort === 23 ? decodeReceived(input.bytes) : decodeDecision(input.bytes),
      warnings: [],
      errors: [],
    };
  } catch (error) {
    return { errors: [error.message] };
  }
}

function encodeDecision(data) {
  var problem = integerProblem("sequence", data.sequence, 65535) || integerProblem("label", data.label, 255);
  if (!problem && !(data.confidence >= 0 && data.confidence <= 1))
    problem = "confidence " + data.confidence + ": a number from 0 to 1 expected";
  if (problem) throw new Error(problem);
  return [VERSION << 4, data.sequence >> 8, data.sequence & 255, data.label, Math.round(data.confidence * 255)];
}

function decodeDecision(input) {
  var bytes = withoutFlags(open(input, "decision", 5), "decision");
  exactly(bytes, "decision", 5);
  return { sequence: (bytes[1] << 8) | bytes[2], label: bytes[3], confidence: bytes[4] / 255 };
}

/** @param received sequence numbers, the first of which the bitmap begins with; they may go on over 65535 */
function encodeReceived(received) {
  if (!received || !received.length) throw new Error("received: a list of sequence numbers expected");
  var bytes = [VERSION << 4, received[0] >> 8, received[0] & 255, 0];
  for (var i = 0; i < received.length; i++) {
    var problem = integerProblem("sequence", received[i], 65535);
    var at = (received[i] - received[0]) & 65535;
    if (!problem && at >= 256) problem = "sequence " + received[i] + ": less than 256 after the first one expected";
    if (problem) throw new Error(problem);
    while (bytes.length <= 3 + (at >> 3)) bytes.push(0);
    bytes[3 + (at >> 3)] |= 1 << (at & 7);
  }
  return bytes;
}

function decodeReceived(input) {
  var bytes = withoutFlags(open(input, "acknowledgement", 4), "acknowledgement");
  if (bytes.length > 35) throw new Error("acknowledgement: " + bytes.length + " bytes, at most 35 expected");
  var received = [];
  for (var at = 0; at < 8 * (bytes.length - 3); at++)
    if ((bytes[3 + (at >> 3)] >> (at & 7)) & 1) received.push((((bytes[1] << 8) | bytes[2]) + at) & 65535);
  return { received: received };
}

function withoutFlags(bytes, what) {
  if (bytes[0] & 15) throw new Error(what + ": unknown flags " + (bytes[0] & 15));
  return bytes;
}

function decodeByPort(port, bytes) {
  if (port === 10) return decodeReport(open(bytes, "report", 10));
  if (port === 11) return decodeDeferral(open(bytes, "deferral", 9));
  if (port === 12) return decodeFaults(open(bytes, "fault report", 10));
  if (port === 13) return decodeHealth(open(bytes, "health report", 11));
  if (port === 15) return decodeAppMessage(open(bytes, "app message", 8));
  if (port === 14) return decodeUpdateStatus(open(bytes, "update status", 11));
  if (port === 16) return decodeSettings(open(bytes, "settings report", 11));
  throw new Error(
    "port " +
      port +
      " carries no uplink payload: 10 reports, 11 deferrals, 12 faults, 13 health, 14 update status, 15 app messages, 16 settings",
  );
}

function decodeReport(bytes) {
  var flags = bytes[0] & 15;
  if (flags > 1) throw new Error("report: unknown flags " + flags);
  exactly(bytes, "report", 10 + flags);
  var report = stamped("report", bytes);
  report.label = bytes[7];
  report.confidence = bytes[8] / 255;
  report.actions = bytes[9];
  report.count = flags ? bytes[10] : 1;
  if (report.count === 0) throw new Error("report: a count of 0 windows");
  return report;
}

function decodeDeferral(bytes) {
  var content = bytes[0] & 3;
  var network = bytes[0] & 12;
  if (network === 12 || (network && content !== 1 && content !== 2))
    throw new Error("deferral: unknown content " + (bytes[0] & 15));
  var deferral = stamped("deferral", bytes);
  deferral.label = bytes[7];
  deferral.confidence = bytes[8] / 255;
  if (content === 0) {
    exactly(bytes, "deferral", 9);
    deferral.content = "none";
  } else if (content === 3) {
    if (bytes.length === 9) throw new Error("deferral: an embedding of 0 bytes");
    deferral.content = "embedding";
    deferral.embedding = [];
    for (var i = 9; i < bytes.length; i++) deferral.embedding.push(signed(bytes[i]));
  } else {
    decodeWindow(open(bytes, "deferral", network === 4 ? 16 : 12), content === 1 ? 8 : 4, network, deferral);
  }
  return deferral;
}

/** Averaged frames are repeated, so that `data` has frames * features values. @param network 4: the sequence of its package follows; 8: the firmware's own; 0: not said */
function decodeWindow(bytes, bits, network, deferral) {
  var head = network === 4 ? 16 : 12;
  var frames = bytes[9];
  var features = bytes[10];
  var pool = bytes[11];
  if (!frames || !features || !pool || pool > frames)
    throw new Error("deferral: a window of " + frames + " frames, " + features + " features, " + pool + " pooled");
  var values = Math.ceil(frames / pool) * features;
  exactly(bytes, "deferral", head + (bits === 8 ? values : (values + 1) >> 1));
  var data = [];
  for (var frame = 0; frame < frames; frame++) {
    for (var feature = 0; feature < features; feature++) {
      var index = Math.floor(frame / pool) * features + feature;
      if (bits === 8) data.push(signed(bytes[head + index]));
      else data.push((((bytes[head + (index >> 1)] >> (index & 1 ? 0 : 4)) << 28) >> 24) + 8);
    }
  }
  deferral.content = "window";
  deferral.pool = pool;
  deferral.bits = bits;
  deferral.window = { frames: frames, features: features, data: data };
  if (network === 8) deferral.window.network = 0;
  if (network === 4) {
    deferral.window.network = number(bytes, 12, 4);
    if (deferral.window.network === 0) throw new Error("deferral: the network of package 0");
  }
}

function decodeFaults(bytes) {
  if (bytes[0] & 15) throw new Error("fault report: unknown flags " + (bytes[0] & 15));
  if ((bytes.length - 7) % 3)
    throw new Error("fault report: " + bytes.length + " bytes are not a whole number of faults");
  var report = stamped("fault", bytes);
  report.faults = [];
  for (var at = 7; at < bytes.length; at += 3) {
    var kind = FAULTS[bytes[at] & 15];
    if (!kind) throw new Error("fault report: unknown fault " + (bytes[at] & 15));
    var fault = { kind: kind, count: (bytes[at + 1] << 8) | bytes[at + 2] };
    if (fault.count === 0) throw new Error("fault report: a count of 0");
    var upper = bytes[at] >> 4;
    var causes = CAUSES_OF[kind];
    if (upper !== 15 && causes) {
      if (!causes[upper]) throw new Error("fault report: unknown cause " + upper);
      fault.cause = causes[upper];
    } else if (upper !== 15) {
      fault.sensor = upper;
    }
    report.faults.push(fault);
  }
  return report;
}

function decodeAppMessage(bytes) {
  var kind = bytes[0] & 15;
  if (kind > 1) throw new Error("app message: unknown kind " + kind);
  var message = stamped("app", bytes);
  if (kind === 1) {
    message.text = utf8(bytes.slice(7));
    if (message.text === undefined) throw new Error("app message: its text is not UTF-8");
    return message;
  }
  if ((bytes.length - 7) % 4)
    throw new Error("app message: " + (bytes.length - 7) + " bytes are not a whole number of values");
  message.values = [];
  for (var at = 7; at < bytes.length; at += 4) message.values.push(float32(bytes, at));
  return message;
}

function utf8(bytes) {
  var escaped = "";
  for (var i = 0; i < bytes.length; i++) escaped += "%" + (bytes[i] < 16 ? "0" : "") + bytes[i].toString(16);
  try {
    return decodeURIComponent(escaped);
  } catch (error) {
    return undefined;
  }
}

/** IEEE 754, big-endian. */
function float32(bytes, at) {
  var sign = bytes[at] & 128 ? -1 : 1;
  var exponent = ((bytes[at] & 127) << 1) | (bytes[at + 1] >> 7);
  var fraction = ((bytes[at + 1] & 127) << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  if (exponent === 255) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * Math.pow(2, -149);
  return sign * (fraction + 0x800000) * Math.pow(2, exponent - 150);
}

function decodeHealth(bytes) {
  var flags = bytes[0] & 15;
  if (flags > 3) throw new Error("health report: unknown flags " + flags);
  exactly(bytes, "health report", flags & 1 ? 11 : 30);
  var health = stamped("health", bytes);
  health.safeMode = (flags & 2) !== 0;
  health.battery = bytes[7];
  if (flags & 1) {
    health.restarts = bytes[8];
    health.heapPeak = bytes[9] * 1024;
    health.duty = bytes[10] / 255;
    return health;
  }
  health.restarts = 0;
  health.millivolts = number(bytes, 8, 2);
  health.resets = {};
  for (var i = 0; i < CAUSES.length; i++) health.restarts += health.resets[CAUSES[i]] = bytes[10 + i];
  health.heapPeak = number(bytes, 15, 2) * 16;
  health.stackPeak = number(bytes, 17, 2);
  health.duty = bytes[19] / 255;
  health.airtime = number(bytes, 20, 2) / 10;
  health.erases = number(bytes, 22, 3);
  health.firmware = bytes[25] + "." + bytes[26] + "." + bytes[27];
  health.script = number(bytes, 28, 2);
  return health;
}

function decodeUpdateStatus(bytes) {
  var flags = bytes[0] & 15;
  if ((flags & 3) === 2) return decodeStatusPart(bytes, flags >> 2);
  if (flags > 1) throw new Error("update status: unknown flags " + flags);
  exactly(bytes, "update status", flags & 1 ? 11 : 39);
  var status = stamped("update", bytes);
  status.event = UPDATE_EVENTS[bytes[7]];
  status.reason = REFUSALS[bytes[8]];
  if (!status.event) throw new Error("update status: unknown event " + bytes[7]);
  if (!status.reason) throw new Error("update status: unknown reason " + bytes[8]);
  if (flags & 1) {
    status.subject = number(bytes, 9, 2);
    return status;
  }
  status.subject = number(bytes, 9, 4);
  status.newest = number(bytes, 13, 4);
  status.script = inForce(bytes, 17);
  status.model = inForce(bytes, 23);
  status.settings = inForce(bytes, 29);
  status.settingsHash = number(bytes, 35, 4);
  return status;
}

function decodeStatusPart(bytes, place) {
  exactly(bytes, "update status", 11);
  var status = stamped("update", bytes);
  var part = ["newest", "script", "model", "settings"][place];
  var value = number(bytes, 7, 4);
  status.event = "state";
  status.reason = "none";
  status.subject = 0;
  status.part = part;
  status[part] = part === "newest" ? value : { sequence: value };
  return status;
}

function decodeSettings(bytes) {
  var settings = stamped("settings", bytes);
  settings.report = bytes[0] & 15;
  var items = [];
  for (var at = 7; at < bytes.length;) {
    var length = bytes[at] >> 4 === 5 ? 3 + (bytes[at + 2] || 0) : 4;
    if (at + length > bytes.length) throw new Error("settings report: it ends within an item at " + at);
    items.push(bytes.slice(at, at + length));
    at += length;
  }
  for (var i = 0; i < items.length; i++) takeSetting(settings, items[i]);
  return settings;
}

function takeSetting(settings, item) {
  var kind = item[0] >> 4;
  var index = item[0] & 15;
  var low = number(item, 1, 3);
  var value = index * 16777216 + low;
  if (kind === 0) {
    if (value > 65535) throw new Error("settings report: threshold " + value);
    settings.threshold = value / 65535;
  } else if (kind === 1) {
    if (value < 1 || value > 86400000) throw new Error("settings report: period " + value);
    settings.everySeconds = value / 1000;
  } else if (kind === 2) {
    if (!LIMITS[index]) throw new Error("settings report: limit " + index);
    inGroup(settings, "limits")[LIMITS[index]] = index === 0 ? low / 1000 : low;
  } else if (kind === 3) {
    var offset = float32([item[1], item[2], item[3], 0], 0);
    if (!(Math.abs(offset) < Infinity)) throw new Error("settings report: the offset of sensor " + index);
    inGroup(settings, "offsets")[index] = offset;
  } else if (kind === 4) {
    inGroup(settings, "classHashes")[value >> 20] = value & 0xfffff;
  } else if (kind === 5) {
    var name = index === 0 && item.length > 3 ? utf8(item.slice(3)) : undefined;
    if (name === undefined) throw new Error("settings report: the name of class " + item[1]);
    inGroup(settings, "classes")[item[1]] = name;
  } else if (kind === 6) {
    if (value <= 86400 || value > 604800) throw new Error("settings report: period " + value);
    settings.everySeconds = value;
  } else {
    throw new Error("settings report: unknown item " + kind);
  }
}

function inGroup(settings, name) {
  if (!settings[name]) settings[name] = {};
  return settings[name];
}

function inForce(bytes, at) {
  return { sequence: number(bytes, at, 4), version: number(bytes, at + 4, 2) };
}

function number(bytes, at, count) {
  var value = 0;
  for (var i = 0; i < count; i++) value = value * 256 + bytes[at + i];
  return value;
}

function stamped(kind, bytes) {
  return {
    kind: kind,
    sequence: (bytes[1] << 8) | bytes[2],
    time: ((bytes[3] << 24) | (bytes[4] << 16) | (bytes[5] << 8) | bytes[6]) >>> 0,
  };
}

function open(bytes, what, least) {
  if (bytes.length < least) throw new Error(what + ": " + bytes.length + " bytes, at least " + least + " expected");
  if (bytes[0] >> 4 !== VERSION)
    throw new Error(what + ": version " + (bytes[0] >> 4) + ", this codec reads version " + VERSION);
  return bytes;
}

function exactly(bytes, what, length) {
  if (bytes.length !== length) throw new Error(what + ": " + bytes.length + " bytes, " + length + " expected");
}

function integerProblem(name, value, most) {
  return Number(value) === value && value % 1 === 0 && value >= 0 && value <= most
    ? ""
    : name + " " + value + ": an integer from 0 to " + most + " expected";
}

function signed(byte) {
  return (byte << 24) >> 24;
}

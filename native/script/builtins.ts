/* eslint-disable */
/** Generated from level1.json by npm run generate: do not edit. */

/** Of constructor or object, and of prototype. */
type Members = Readonly<Record<string, readonly [string, string]>>;

/** A function, of which only code is in flash. */
export const level1 = (): {
  level: number; values: string; functions: string; objects: Readonly<Record<string, string>>; classes: Members; intrinsics: Members;
} => ({
  "level": 1,
  "values": "Infinity NaN globalThis undefined",
  "functions": "decodeURI decodeURIComponent encodeURI encodeURIComponent isFinite isNaN parseFloat parseInt",
  "objects": {
    "JSON": "parse stringify @toStringTag",
    "Math": "E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2 abs acos acosh asin asinh atan atan2 atanh cbrt ceil clz32 cos cosh exp expm1 floor fround hypot imul log log10 log1p log2 max min pow round sign sin sinh sqrt tan tanh trunc @toStringTag"
  },
  "classes": {
    "AggregateError": ["", "message name constructor"],
    "Array": [
      "from isArray of @species",
      "at concat copyWithin entries every fill filter find findIndex findLast findLastIndex flat flatMap forEach includes indexOf join keys lastIndexOf length map pop push reduce reduceRight reverse shift slice some sort splice toString unshift values @iterator @unscopables constructor"
    ],
    "ArrayBuffer": ["fromString isView @species", "byteLength slice @toStringTag constructor"],
    "Boolean": ["", "toString valueOf constructor"],
    "DataView": [
      "",
      "buffer byteLength byteOffset getFloat32 getFloat64 getInt16 getInt32 getInt8 getUint16 getUint32 getUint8 setFloat32 setFloat64 setInt16 setInt32 setInt8 setUint16 setUint32 setUint8 @toStringTag constructor"
    ],
    "Date": [
      "UTC now parse",
      "getDate getDay getFullYear getHours getMilliseconds getMinutes getMonth getSeconds getTime getTimezoneOffset getUTCDate getUTCDay getUTCFullYear getUTCHours getUTCMilliseconds getUTCMinutes getUTCMonth getUTCSeconds setDate setFullYear setHours setMilliseconds setMinutes setMonth setSeconds setTime setUTCDate setUTCFullYear setUTCHours setUTCMilliseconds setUTCMinutes setUTCMonth setUTCSeconds toDateString toISOString toJSON toString toTimeString toUTCString valueOf @toPrimitive constructor"
    ],
    "Error": ["", "message name toString constructor"],
    "EvalError": ["", "message name constructor"],
    "Float32Array": ["BYTES_PER_ELEMENT", "BYTES_PER_ELEMENT constructor"],
    "Float64Array": ["BYTES_PER_ELEMENT", "BYTES_PER_ELEMENT constructor"],
    "Int16Array": ["BYTES_PER_ELEMENT", "BYTES_PER_ELEMENT constructor"],
    "Int32Array": ["BYTES_PER_ELEMENT", "BYTES_PER_ELEMENT constructor"],
    "Int8Array": ["BYTES_PER_ELEMENT", "BYTES_PER_ELEMENT constructor"],
    "Map": ["@species", "clear delete entries forEach get has keys set size values @iterator @toStringTag constructor"],
    "Number": [
      "EPSILON MAX_SAFE_INTEGER MAX_VALUE MIN_SAFE_INTEGER MIN_VALUE NEGATIVE_INFINITY NaN POSITIVE_INFINITY isFinite isInteger isNaN isSafeInteger parseFloat parseInt",
      "toExponential toFixed toPrecision toString valueOf constructor"
    ],
    "Object": [
      "assign create defineProperties defineProperty entries freeze fromEntries getOwnPropertyDescriptor getOwnPropertyDescriptors getOwnPropertyNames getOwnPropertySymbols getPrototypeOf hasOwn is isExtensible isFrozen isSealed keys preventExtensions seal setPrototypeOf values",
      "hasOwnProperty isPrototypeOf propertyIsEnumerable toString valueOf constructor"
    ],
    "Promise": ["all allSettled any race reject resolve @species", "catch finally then @toStringTag constructor"],
    "RangeError": ["", "message name constructor"],
    "ReferenceError": ["", "message name constructor"],
    "RegExp": [
      "@species",
      "dotAll exec flags global hasIndices ignoreCase multiline source sticky test toString unicode @match @matchAll @replace @search @split constructor"
    ],
    "Set": ["@species", "add clear delete entries forEach has keys size values @iterator @toStringTag constructor"],
    "String": [
      "fromArrayBuffer fromCharCode fromCodePoint raw",
      "at charAt charCodeAt codePointAt concat endsWith includes indexOf lastIndexOf length localeCompare match matchAll padEnd padStart repeat replace replaceAll search slice split startsWith substr substring toLowerCase toString toUpperCase trim trimEnd trimStart valueOf @iterator constructor"
    ],
    "Symbol": [
      "asyncIterator for hasInstance isConcatSpreadable iterator keyFor match matchAll replace search species split toPrimitive toStringTag unscopables",
      "description toString valueOf @toPrimitive @toStringTag constructor"
    ],
    "SyntaxError": ["", "message name constructor"],
    "TypeError": ["", "message name constructor"],
    "URIError": ["", "message name constructor"],
    "Uint16Array": ["BYTES_PER_ELEMENT", "BYTES_PER_ELEMENT constructor"],
    "Uint32Array": ["BYTES_PER_ELEMENT", "BYTES_PER_ELEMENT constructor"],
    "Uint8Array": ["BYTES_PER_ELEMENT", "BYTES_PER_ELEMENT constructor"],
    "Uint8ClampedArray": ["BYTES_PER_ELEMENT", "BYTES_PER_ELEMENT constructor"],
    "WeakMap": ["", "delete get has set @toStringTag constructor"],
    "WeakSet": ["", "add delete has @toStringTag constructor"]
  },
  "intrinsics": {
    "TypedArray": [
      "from of @species",
      "at buffer byteLength byteOffset copyWithin entries every fill filter find findIndex findLast findLastIndex forEach includes indexOf join keys lastIndexOf length map reduce reduceRight reverse set slice some sort subarray toString values @iterator constructor"
    ],
    "Function": ["", "apply bind call toString @hasInstance constructor"],
    "ArrayIterator": ["", "next @toStringTag"],
    "MapIterator": ["", "next @toStringTag"],
    "SetIterator": ["", "next @toStringTag"],
    "StringIterator": ["", "next @toStringTag"],
    "RegExpStringIterator": ["", "next @toStringTag"],
    "Iterator": ["", "@iterator"],
    "AsyncIterator": ["", "@asyncIterator"],
    "AsyncFunction": ["", "@toStringTag constructor"],
    "GeneratorFunction": ["", "prototype @toStringTag constructor"],
    "Generator": ["", "next return throw @toStringTag constructor"],
    "AsyncGeneratorFunction": ["", "prototype @toStringTag constructor"],
    "AsyncGenerator": ["", "next return throw @toStringTag constructor"]
  }
});

/** The SDK's linker leaves out of a firmware each built-in function whose name no module reads as a property. This is never called. */
void ((all: any) => [
  all.AggregateError, all.Array, all.ArrayBuffer, all.BYTES_PER_ELEMENT, all.Boolean, all.DataView, all.Date, all.E, all.EPSILON, all.Error, all.EvalError, all.Float32Array, all.Float64Array, all.Infinity, all.Int16Array, all.Int32Array, all.Int8Array, all.JSON, all.LN10, all.LN2, all.LOG10E, all.LOG2E, all.MAX_SAFE_INTEGER, all.MAX_VALUE, all.MIN_SAFE_INTEGER, all.MIN_VALUE, all.Map, all.Math, all.NEGATIVE_INFINITY, all.NaN, all.Number, all.Object, all.PI, all.POSITIVE_INFINITY, all.Promise, all.RangeError, all.ReferenceError, all.RegExp, all.SQRT1_2, all.SQRT2, all.Set, all.String, all.Symbol, all.SyntaxError, all.TypeError, all.URIError, all.UTC, all.Uint16Array, all.Uint32Array, all.Uint8Array, all.Uint8ClampedArray, all.WeakMap, all.WeakSet, all.abs, all.acos, all.acosh, all.add, all.all, all.allSettled, all.any, all.apply, all.asin, all.asinh, all.assign, all.asyncIterator, all.at, all.atan, all.atan2, all.atanh, all.bind, all.buffer, all.byteLength, all.byteOffset, all.call, all.catch, all.cbrt, all.ceil, all.charAt, all.charCodeAt, all.clear, all.clz32, all.codePointAt, all.concat, all.constructor, all.copyWithin, all.cos, all.cosh, all.create, all.decodeURI, all.decodeURIComponent, all.defineProperties, all.defineProperty, all.delete, all.description, all.dotAll, all.encodeURI, all.encodeURIComponent, all.endsWith, all.entries, all.every, all.exec, all.exp, all.expm1, all.fill, all.filter, all.finally, all.find, all.findIndex, all.findLast, all.findLastIndex, all.flags, all.flat, all.flatMap, all.floor, all.for, all.forEach, all.freeze, all.from, all.fromArrayBuffer, all.fromCharCode, all.fromCodePoint, all.fromEntries, all.fromString, all.fround, all.get, all.getDate, all.getDay, all.getFloat32, all.getFloat64, all.getFullYear, all.getHours, all.getInt16, all.getInt32, all.getInt8, all.getMilliseconds, all.getMinutes, all.getMonth, all.getOwnPropertyDescriptor, all.getOwnPropertyDescriptors, all.getOwnPropertyNames, all.getOwnPropertySymbols, all.getPrototypeOf, all.getSeconds, all.getTime, all.getTimezoneOffset, all.getUTCDate, all.getUTCDay, all.getUTCFullYear, all.getUTCHours, all.getUTCMilliseconds, all.getUTCMinutes, all.getUTCMonth, all.getUTCSeconds, all.getUint16, all.getUint32, all.getUint8, all.global, all.globalThis, all.has, all.hasIndices, all.hasInstance, all.hasOwn, all.hasOwnProperty, all.hypot, all.ignoreCase, all.imul, all.includes, all.indexOf, all.is, all.isArray, all.isConcatSpreadable, all.isExtensible, all.isFinite, all.isFrozen, all.isInteger, all.isNaN, all.isPrototypeOf, all.isSafeInteger, all.isSealed, all.isView, all.iterator, all.join, all.keyFor, all.keys, all.lastIndexOf, all.length, all.localeCompare, all.log, all.log10, all.log1p, all.log2, all.map, all.match, all.matchAll, all.max, all.message, all.min, all.multiline, all.name, all.next, all.now, all.of, all.padEnd, all.padStart, all.parse, all.parseFloat, all.parseInt, all.pop, all.pow, all.preventExtensions, all.propertyIsEnumerable, all.prototype, all.push, all.race, all.raw, all.reduce, all.reduceRight, all.reject, all.repeat, all.replace, all.replaceAll, all.resolve, all.return, all.reverse, all.round, all.seal, all.search, all.set, all.setDate, all.setFloat32, all.setFloat64, all.setFullYear, all.setHours, all.setInt16, all.setInt32, all.setInt8, all.setMilliseconds, all.setMinutes, all.setMonth, all.setPrototypeOf, all.setSeconds, all.setTime, all.setUTCDate, all.setUTCFullYear, all.setUTCHours, all.setUTCMilliseconds, all.setUTCMinutes, all.setUTCMonth, all.setUTCSeconds, all.setUint16, all.setUint32, all.setUint8, all.shift, all.sign, all.sin, all.sinh, all.size, all.slice, all.some, all.sort, all.source, all.species, all.splice, all.split, all.sqrt, all.startsWith, all.sticky, all.stringify, all.subarray, all.substr, all.substring, all.tan, all.tanh, all.test, all.then, all.throw, all.toDateString, all.toExponential, all.toFixed, all.toISOString, all.toJSON, all.toLowerCase, all.toPrecision, all.toPrimitive, all.toString, all.toStringTag, all.toTimeString, all.toUTCString, all.toUpperCase, all.trim, all.trimEnd, all.trimStart, all.trunc, all.undefined, all.unicode, all.unscopables, all.unshift, all.valueOf, all.values,
]);

/** What XS and the SDK give device code beyond @moddable/typings. */

/// <reference path="./compartment.d.ts" />
/// <reference path="./resource.d.ts" />
/// <reference path="../../node_modules/@moddable/typings/flash.d.ts" />
/// <reference path="../../node_modules/@moddable/typings/modules.d.ts" />
/// <reference path="../../node_modules/@moddable/typings/time.d.ts" />
/// <reference path="../../node_modules/@moddable/typings/timer.d.ts" />
/// <reference path="../../node_modules/@moddable/typings/mc/config.d.ts" />
/// <reference path="../../node_modules/@moddable/typings/embedded_io/_common.d.ts" />
/// <reference path="../../node_modules/@moddable/typings/embedded_io/analog.d.ts" />
/// <reference path="../../node_modules/@moddable/typings/embedded_io/digital.d.ts" />
/// <reference path="../../node_modules/@moddable/typings/embedded_io/i2c.d.ts" />

/** A C function by its name: `native("xs_x").call(this, ...)`, with a literal name (XS in C, "Native API"). */
declare function native(name: string): {
  (...args: unknown[]): unknown;
  call(self: unknown, ...args: unknown[]): unknown;
};

/** A base class whose instances carry C data, freed by the C destructor of that name. */
declare function Native(name: string): unknown;

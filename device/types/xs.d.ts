/** XS and SDK types that @moddable/typings lacks. */

/// <reference path="./compartment.d.ts" />
/// <reference path="./resource.d.ts" />
/// <reference path="./update.d.ts" />
/// <reference types="@moddable/typings/crc" />
/// <reference types="@moddable/typings/flash" />
/// <reference types="@moddable/typings/instrumentation" />
/// <reference types="@moddable/typings/modules" />
/// <reference types="@moddable/typings/time" />
/// <reference types="@moddable/typings/timer" />
/// <reference types="@moddable/typings/mc/config" />
/// <reference types="@moddable/typings/embedded_io/_common" />
/// <reference types="@moddable/typings/embedded_io/analog" />
/// <reference types="@moddable/typings/embedded_io/digital" />
/// <reference types="@moddable/typings/embedded_io/i2c" />
/// <reference types="@moddable/typings/embedded_io/audioin" />
/// <reference types="@moddable/typings/embedded_io/serial" />

/** A C function by its name: `native("xs_x").call(this, ...)`, with a literal name (XS in C, "Native API"). */
declare function native(name: string): {
  (...args: unknown[]): unknown;
  call(self: unknown, ...args: unknown[]): unknown;
};

/** A base class whose instances hold C data, freed by the C destructor of that name. */
declare function Native(name: string): unknown;

import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    // The SDK's stand-ins and the network servers' formatter are plain scripts for other engines.
    ignores: [
      "**/build/",
      "packages/*/dist/",
      "node_modules/",
      "**/*.d.ts",
      "host-tools/xs/sdk/**/*.js",
      "host-tools/gateway/payload-formatter.js",
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        // A list, as the project service takes the nearest tsconfig.json: programs for XS lie beside the tests that run them.
        project: ["device/tsconfig.json", "host-tools/xs/tsconfig.json", "tsconfig.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      eqeqeq: "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],

      // noUncheckedIndexedAccess makes every index possibly undefined; the ! says that it is in range, which loops over tensors know.
      "@typescript-eslint/no-non-null-assertion": "off",
      // Numbers in messages are what messages are for.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/restrict-plus-operands": ["error", { allowNumberAndString: true }],
      // config["key"] marks a key that comes from outside.
      "@typescript-eslint/dot-notation": ["error", { allowIndexSignaturePropertyAccess: true }],
      // (x) => f(x) and "return f(x);" are plain where both return nothing.
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidOperator: true, ignoreVoidReturningFunctions: true },
      ],
      // void f() as an expression is how a callback with a value says that it returns none.
      "@typescript-eslint/no-meaningless-void-operator": "off",

      // A mapped type, { [layer in LayerName]?: Rule }, names its key.
      "@typescript-eslint/consistent-indexed-object-style": "off",
      // 0, "" and false stand for nothing where || says so; elsewhere ?? is meant.
      "@typescript-eslint/prefer-nullish-coalescing": ["error", { ignorePrimitives: true }],
      // Of an object that is a table, as process.env.
      "@typescript-eslint/no-dynamic-delete": "off",
      // ECMA-419 has getters for what never changes.
      "@typescript-eslint/class-literal-property-style": "off",
      // tfjs declares as tensors what are variables.
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      // A method taken out of an object is called with .call() here, or needs no this.
      "@typescript-eslint/unbound-method": "off",
      // An empty function is a default that does nothing.
      "@typescript-eslint/no-empty-function": "off",
    },
  },
  {
    files: ["**/*.js"],
    extends: [tseslint.configs.disableTypeChecked],
  },
  {
    // The import rule of docs/architecture.md: nothing below the host tools knows of them.
    files: ["device/**/*.ts", "native/**/*.ts"],
    rules: {
      "no-restricted-imports": ["error", { patterns: ["**/host-tools/**", "node:*"] }],
      // An iterator is an allocation, which what runs for each sample does without.
      "@typescript-eslint/prefer-for-of": "off",
    },
  },
  {
    files: ["device/app/**/*.ts"],
    rules: { "no-restricted-imports": ["error", { patterns: ["../*"] }] },
  },
  {
    // Values that no program should pass, shown as they are; and descriptors that must not compile.
    files: ["test/bindings/*.ts", "test/graph/halfAdded.ts"],
    rules: {
      "@typescript-eslint/no-base-to-string": "off",
      "@typescript-eslint/ban-ts-comment": "off",
      "@typescript-eslint/no-duplicate-type-constituents": "off",
    },
  },
);

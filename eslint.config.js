import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["build/", "node_modules/", "**/*.d.ts"] },
  ...tseslint.configs.recommended,
  {
    rules: {
      eqeqeq: "error",
      "no-restricted-imports": "off",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
  {
    // The import rule of docs/architecture.md: nothing below the host tools knows of them.
    files: ["device/**/*.ts", "native/**/*.ts"],
    rules: { "no-restricted-imports": ["error", { patterns: ["**/host-tools/**", "node:*"] }] },
  },
  {
    files: ["device/app/**/*.ts"],
    rules: { "no-restricted-imports": ["error", { patterns: ["../*"] }] },
  },
);

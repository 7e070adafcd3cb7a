// Vega-Lite to Vega, and Vega with the interpreter that walks expressions instead of compiling them.
export { parse, View, Warn } from "vega";
export { expressionInterpreter } from "vega-interpreter";
export { compile } from "vega-lite";

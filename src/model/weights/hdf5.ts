/** The HDF5 library, compiled to WebAssembly. It is large, and is loaded when the first file is opened. */
export { File, Group, Dataset, ready } from "h5wasm";

/*
 * Before any header of TensorFlow Lite Micro: how the component itself is compiled. The layout of its structures depends on it,
 * and a manifest cannot hand defines of that name to the compiler.
 */
#ifndef TF_LITE_STATIC_MEMORY
#define TF_LITE_STATIC_MEMORY
#endif

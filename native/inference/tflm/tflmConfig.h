/*
 * Before any header of TensorFlow Lite Micro: the component's own compile options. The layout of its structures depends on it,
 * and a manifest cannot pass defines of that name to the compiler.
 */
#ifndef TF_LITE_STATIC_MEMORY
#define TF_LITE_STATIC_MEMORY
#endif

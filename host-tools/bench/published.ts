/**
 * Cost of models on TensorFlow Lite Micro, MLPerf Tiny's and some that are public, by the names of their files: instructions of one Invoke on RV32IMC (GCC 12 -O3, QEMU -icount shift=0), and
 * the bytes that AllocateTensors and Invoke need on a 32-bit chip. Measured on esp-tflite-micro; see docs/benchmarks.md.
 */
export const published: Readonly<
  Record<string, { title: string; task?: string; reference?: number; espNn: number; arena?: number }>
> = {
  kws: { title: "kws", task: "keyword spotting, DS-CNN", reference: 142_900_000, espNn: 25_000_000, arena: 22_784 },
  ic: { title: "ic", task: "image classification, ResNet-8", reference: 594_900_000, espNn: 94_600_000, arena: 54_368 },
  vww: {
    title: "vww",
    task: "visual wake words, MobileNet v1 0.25",
    reference: 400_100_000,
    espNn: 64_100_000,
    arena: 100_672,
  },
  ad: { title: "ad", task: "anomaly detection, autoencoder", reference: 2_480_000, espNn: 2_450_000, arena: 2_816 },
  sww: { title: "sww", task: "streaming wake word, 1-D DS-CNN", espNn: 6_050_000, arena: 15_280 },
  model: { title: "the example node", espNn: 2_370_000 },
  tflm_hello_world_int8: { title: "hello_world of tflite-micro", espNn: 5_674 },
  c_ard_microspeech: {
    title: "micro_speech",
    task: "of tflite-micro-arduino-examples",
    espNn: 1_800_000,
    arena: 6_816,
  },
  tflm_person_detect: { title: "person_detect of tflite-micro", espNn: 58_400_000 },
  c_diyalexa: { title: "diy-alexa", task: "wake word", espNn: 8_840_000 },
  tinymaix_cifar10_q: { title: "cifar10 of TinyMaix", espNn: 21_200_000, arena: 13_392 },
};

/** Bytes of code and constants of TensorFlow Lite Micro with 17 operators, in an RV32IMC program. */
export const publishedText = 147_000;

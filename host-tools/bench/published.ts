/**
 * Cost of the MLPerf Tiny models on TensorFlow Lite Micro: instructions of one Invoke on RV32IMC (GCC 12 -O3, QEMU -icount shift=0), and
 * the bytes that AllocateTensors and Invoke need on a 32-bit chip. Measured on esp-tflite-micro; see docs/benchmarks.md.
 */
export const published: Readonly<Record<string, { task: string; reference?: number; espNn: number; arena: number }>> = {
  kws: { task: "keyword spotting, DS-CNN", reference: 142_900_000, espNn: 25_000_000, arena: 22_784 },
  ic: { task: "image classification, ResNet-8", reference: 594_900_000, espNn: 94_600_000, arena: 54_368 },
  vww: { task: "visual wake words, MobileNet v1 0.25", reference: 400_100_000, espNn: 64_100_000, arena: 100_672 },
  ad: { task: "anomaly detection, autoencoder", reference: 2_480_000, espNn: 2_450_000, arena: 2_816 },
  sww: { task: "streaming wake word, 1-D DS-CNN", espNn: 6_050_000, arena: 15_280 },
};

/** Bytes of code and constants of TensorFlow Lite Micro with 17 operators, in an RV32IMC program. */
export const publishedText = 147_000;

/** What models are called on docs/benchmarks.md, MLPerf Tiny's and some that are public, by the names of their files. */
export const titles: Readonly<Record<string, { title: string; task?: string }>> = {
  kws: { title: "kws", task: "keyword spotting, DS-CNN" },
  ic: { title: "ic", task: "image classification, ResNet-8" },
  vww: { title: "vww", task: "visual wake words, MobileNet v1 0.25" },
  ad: { title: "ad", task: "anomaly detection, autoencoder" },
  sww: { title: "sww", task: "streaming wake word, 1-D DS-CNN" },
  model: { title: "the example node" },
  tflm_hello_world_int8: { title: "hello_world of tflite-micro" },
  c_ard_microspeech: { title: "micro_speech", task: "of tflite-micro-arduino-examples" },
  tflm_person_detect: { title: "person_detect of tflite-micro" },
  c_diyalexa: { title: "diy-alexa", task: "wake word" },
  tinymaix_cifar10_q: { title: "cifar10 of TinyMaix" },
  esphome_v2_okay_nabu: { title: "okay_nabu of ESPHome", task: "streaming wake word" },
  esphome_v2_vad: { title: "vad of ESPHome", task: "voice activity" },
  tflm_trained_lstm_int8: { title: "trained_lstm of tflite-micro", task: "digits by LSTM" },
};

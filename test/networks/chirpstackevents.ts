/** Events of ChirpStack v4 in the form that its documentation shows ("Event types"), and as Protocol Buffers messages that its own .proto files encode. */

export const application = "17c82e96-be03-4f38-aef3-f83d48582d97";
export const devEui = "0101010101010101";

export const deviceInfo = {
  tenantId: "52f14cd4-c6f1-4fbd-8f87-4025e1d49242",
  tenantName: "ChirpStack",
  applicationId: application,
  applicationName: "Test application",
  deviceProfileId: "14855bf7-d10d-4aee-b618-ebfcb64dc7ad",
  deviceProfileName: "Test device-profile",
  deviceName: "Test device",
  devEui,
  tags: { key: "value" },
};

export const up = {
  deduplicationId: "3ac7e3c4-4401-4b8d-9386-a5c902f9202d",
  time: "2022-07-18T09:34:15.775023242+00:00",
  deviceInfo,
  devAddr: "00189440",
  adr: true,
  dr: 1,
  fCnt: 4711,
  fPort: 10,
  confirmed: true,
  data: "EAAHAQIDBAAAAAE=",
  object: { temperature: 21.5, list: ["x"] },
  rxInfo: [
    {
      gatewayId: "0016c001f153a14d",
      uplinkId: 1,
      rssi: -110,
      snr: -7.25,
    },
    {
      gatewayId: "0016c001f153a14c",
      uplinkId: 4217106255,
      rssi: -36,
      snr: 10.5,
      context: "E3OWOQ==",
      metadata: { region_name: "eu868", region_common_name: "EU868" },
    },
  ],
  txInfo: {
    frequency: 867100000,
    modulation: { lora: { bandwidth: 125000, spreadingFactor: 11, codeRate: "CR_4_5" } },
  },
  regionConfigId: "eu868",
};

/** 200 of 254, -5 dB. */
export const status = {
  deduplicationId: "9b4c3a0e-0000-4b8d-9386-a5c902f9202d",
  time: "2022-07-18T09:34:15+00:00",
  deviceInfo,
  margin: -5,
  externalPowerSource: false,
  batteryLevelUnavailable: false,
  batteryLevel: 78.74016,
};

export const encoded = {
  up: "CiQzYWM3ZTNjNC00NDAxLTRiOGQtOTM4Ni1hNWM5MDJmOTIwMmQSDAiX0tSWBhCK1cfxAhrSAQokNTJmMTRjZDQtYzZmMS00ZmJkLThmODctNDAyNWUxZDQ5MjQyEgpDaGlycFN0YWNrGiQxN2M4MmU5Ni1iZTAzLTRmMzgtYWVmMy1mODNkNDg1ODJkOTciEFRlc3QgYXBwbGljYXRpb24qJDE0ODU1YmY3LWQxMGQtNGFlZS1iNjE4LWViZmNiNjRkYzdhZDITVGVzdCBkZXZpY2UtcHJvZmlsZToLVGVzdCBkZXZpY2VCEDAxMDEwMTAxMDEwMTAxMDFKDAoDa2V5EgV2YWx1ZSIIMDAxODk0NDAoATABOOckQApIAVILEAAHAQIDBAAAAAFaKwoYCgt0ZW1wZXJhdHVyZRIJEQAAAAAAgDVACg8KBGxpc3QSBzIFCgMaAXhibAoQMDAxNmMwMDFmMTUzYTE0YxDP3u/aDzDc//////////8BPQAAKEFAA2IbCc3MzMzMjEdAEQAAAAAAACFAGQAAAAAAAHlAagQTc5Y5ehQKC3JlZ2lvbl9uYW1lEgVldTg2OIoBBgiX0tSWBmIkChAwMDE2YzAwMWYxNTNhMTRkEAEwkv//////////AT0AAOjAahII4Mq7nQMSChoICMjQBxALKAGCAQVldTg2OA==",
  status:
    "CiQ5YjRjM2EwZS0wMDAwLTRiOGQtOTM4Ni1hNWM5MDJmOTIwMmQSBgiX0tSWBhrSAQokNTJmMTRjZDQtYzZmMS00ZmJkLThmODctNDAyNWUxZDQ5MjQyEgpDaGlycFN0YWNrGiQxN2M4MmU5Ni1iZTAzLTRmMzgtYWVmMy1mODNkNDg1ODJkOTciEFRlc3QgYXBwbGljYXRpb24qJDE0ODU1YmY3LWQxMGQtNGFlZS1iNjE4LWViZmNiNjRkYzdhZDITVGVzdCBkZXZpY2UtcHJvZmlsZToLVGVzdCBkZXZpY2VCEDAxMDEwMTAxMDEwMTAxMDFKDAoDa2V5EgV2YWx1ZSj7//////////8BRfZ6nUI=",
  log: "CgYIl9LUlgYS0gEKJDUyZjE0Y2Q0LWM2ZjEtNGZiZC04Zjg3LTQwMjVlMWQ0OTI0MhIKQ2hpcnBTdGFjaxokMTdjODJlOTYtYmUwMy00ZjM4LWFlZjMtZjgzZDQ4NTgyZDk3IhBUZXN0IGFwcGxpY2F0aW9uKiQxNDg1NWJmNy1kMTBkLTRhZWUtYjYxOC1lYmZjYjY0ZGM3YWQyE1Rlc3QgZGV2aWNlLXByb2ZpbGU6C1Rlc3QgZGV2aWNlQhAwMTAxMDEwMTAxMDEwMTAxSgwKA2tleRIFdmFsdWUYAiALKjJEZXZpY2UgcXVldWUtaXRlbSBkaXNjYXJkZWQgYmVjYXVzZSBpdCBoYXMgZXhwaXJlZDIVCg1xdWV1ZV9pdGVtX2lkEgRmMWM3",
  txack:
    "CAcSBgiX0tSWBhrSAQokNTJmMTRjZDQtYzZmMS00ZmJkLThmODctNDAyNWUxZDQ5MjQyEgpDaGlycFN0YWNrGiQxN2M4MmU5Ni1iZTAzLTRmMzgtYWVmMy1mODNkNDg1ODJkOTciEFRlc3QgYXBwbGljYXRpb24qJDE0ODU1YmY3LWQxMGQtNGFlZS1iNjE4LWViZmNiNjRkYzdhZDITVGVzdCBkZXZpY2UtcHJvZmlsZToLVGVzdCBkZXZpY2VCEDAxMDEwMTAxMDEwMTAxMDFKDAoDa2V5EgV2YWx1ZSIEZjFjNygMMhAwMDE2YzAwMWYxNTNhMTRj",
  /** By a gateway whose GPS is 1,024 weeks behind; ns_time is 2022-07-18T09:34:15.9Z of one reception, .8 of the other. */
  behind:
    "CiQzYWM3ZTNjNC00NDAxLTRiOGQtOTM4Ni1hNWM5MDJmOTIwMmQSBgiX0qzvAxoSQhAwMTAxMDEwMTAxMDEwMTAxMAE45yRAClILEAAHAQIDBAAAAAFiMQoQMDAxNmMwMDFmMTUzYTE0ZDDc//////////8BPQAAgD+KAQwIl9LUlgYQgNKTrQNiMQoQMDAxNmMwMDFmMTUzYTE0YzDc//////////8BPQAAgD+KAQwIl9LUlgYQgJC8/QI=",
  /** ID 00112233-4455-8677-8899-aabbccddeeff, bytes 10000701c8 on port 20, until 1900000000. */
  down: "CiQwMDExMjIzMy00NDU1LTg2NzctODg5OS1hYWJiY2NkZGVlZmYSEDAxMDEwMTAxMDEwMTAxMDEgFCoFEAAHAcg6BgiA5v6JBw==",
};

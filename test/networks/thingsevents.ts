/** Messages of The Things Stack v3 in the form that its documentation shows ("Data Formats"); the uplink is one of an example in its guide for starter kits. */

export const application = "starter-kit";
export const devEui = "70b3d52dd600035a";
export const device = "eui-70b3d52dd600035a";

export const ids = {
  device_id: device,
  application_ids: { application_id: application },
  dev_eui: "70B3D52DD600035A",
  join_eui: "EC656E0000000001",
  dev_addr: "27FE87F6",
};

export const up = {
  end_device_ids: ids,
  correlation_ids: ["gs:uplink:01JRZ767CVCHBZW1Y8YG9PZ3TS"],
  received_at: "2025-04-16T11:54:13.995136483Z",
  uplink_message: {
    session_key_id: "aAixKtmNZUKQXd4GqpHDsw==",
    f_port: 2,
    f_cnt: 14,
    frm_payload: "sQAAEAHlANcB",
    decoded_payload: { batteryVoltage: 3.4, thermistorProperlyConnected: true },
    rx_metadata: [
      {
        gateway_ids: { gateway_id: "ttig-52ec", eui: "58A0CBFFFE8052EC" },
        time: "2025-04-16T11:54:13.697237014Z",
        timestamp: 1276394164,
        rssi: -31,
        channel_rssi: -31,
        snr: 9.5,
        uplink_token: "ChcKFQoJdHRpZy01MmVjEghYoMv//oBS7BC09dDgBBoMCOW0/r8GEO6mnPcCIKCelfiSJQ==",
        received_at: "2025-04-16T11:54:13.758247461Z",
      },
    ],
    settings: {
      data_rate: { lora: { bandwidth: 125000, spreading_factor: 7, coding_rate: "4/5" } },
      frequency: "867700000",
      timestamp: 1276394164,
      time: "2025-04-16T11:54:13.697237014Z",
    },
    received_at: "2025-04-16T11:54:13.787593298Z",
    confirmed: true,
    consumed_airtime: "0.061696s",
    network_ids: { net_id: "000013", ns_id: "EC656E000010181D", tenant_id: "docs-test-account", cluster_id: "eu1" },
    last_battery_percentage: { f_cnt: 14, value: 90.118576, received_at: "2025-04-16T11:54:13.787593298Z" },
  },
};

export const downlink = { f_port: 15, f_cnt: 1, frm_payload: "vu8=", priority: "NORMAL" };

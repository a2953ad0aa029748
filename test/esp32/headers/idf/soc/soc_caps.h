/* The ESP32 and the ESP32-C3 have none of the capabilities that our C asks for. */

// Of the ESP32's core configuration in ESP-IDF: what native/inference asks for.
#pragma once

#define XCHAL_HAVE_LOOPS 1
#define XCHAL_HAVE_MAC16 1

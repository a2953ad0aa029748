#ifndef STAND_IN_ESP_PARTITION_H
#define STAND_IN_ESP_PARTITION_H

typedef enum {
	ESP_PARTITION_TYPE_APP,
} esp_partition_type_t;

typedef enum {
	ESP_PARTITION_SUBTYPE_APP_OTA_0,
	ESP_PARTITION_SUBTYPE_APP_OTA_1,
} esp_partition_subtype_t;

typedef struct {
	esp_partition_type_t type;
	esp_partition_subtype_t subtype;
} esp_partition_t;

const esp_partition_t *esp_partition_find_first(esp_partition_type_t, esp_partition_subtype_t, const char *);

#endif

/*
 * What halEsp32.c calls of ESP-IDF and FreeRTOS, on threads of this machine. A task has a higher priority than who notifies it:
 * the call returns when the task waits again, or has ended. Buses and pins accept everything.
 */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "driver/gpio.h"
#include "driver/spi_master.h"
#include "esp_heap_caps.h"
#include "esp_pm.h"
#include "esp_rom_sys.h"
#include "esp_sleep.h"
#include "esp_timer.h"
#include "freertos/FreeRTOS.h"
#include "freertos/idf_additions.h"
#include "freertos/semphr.h"
#include "freertos/task.h"

#include "xsmc.h"
#include "xsHost.h"

#include "idf.h"

struct tskTaskControlBlock {
	TaskFunction_t run;
	void *context;
	pthread_t thread;
	unsigned notifications;
	bool isWaiting, hasEnded;
};

static pthread_mutex_t scheduler = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct tskTaskControlBlock task;
bool refuseDevice;

static void end(void) {
	pthread_mutex_lock(&scheduler);
	task.hasEnded = true;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&scheduler);
}

static void *run(void *context) {
	(void)context;
	task.run(task.context);
	end();
	return NULL;
}

BaseType_t xTaskCreatePinnedToCore(TaskFunction_t function, const char *const name, const uint32_t stack,
	void *const context, UBaseType_t priority, TaskHandle_t *const handle, const BaseType_t core) {
	(void)name, (void)stack, (void)priority, (void)core;
	task = (struct tskTaskControlBlock){ .run = function, .context = context };
	*handle = &task;
	return pthread_create(&task.thread, NULL, run, NULL) == 0 ? pdPASS : pdFALSE;
}

void vTaskDelete(TaskHandle_t handle) {
	(void)handle;
	end();
	pthread_exit(NULL);
}

void vTaskDelay(const TickType_t ticks) {
	usleep(1000 * ticks);
}

BaseType_t xTaskGenericNotify(
	TaskHandle_t handle, UBaseType_t index, uint32_t value, eNotifyAction action, uint32_t *previous) {
	(void)index, (void)value, (void)action, (void)previous;
	pthread_mutex_lock(&scheduler);
	handle->notifications++;
	pthread_cond_broadcast(&changed);
	while (!pthread_equal(pthread_self(), handle->thread) && !handle->hasEnded &&
		(handle->notifications > 0 || !handle->isWaiting))
		pthread_cond_wait(&changed, &scheduler);
	pthread_mutex_unlock(&scheduler);
	return pdPASS;
}

uint32_t ulTaskGenericNotifyTake(UBaseType_t index, BaseType_t clear, TickType_t ticks) {
	(void)index, (void)clear, (void)ticks;
	pthread_mutex_lock(&scheduler);
	task.isWaiting = true;
	pthread_cond_broadcast(&changed);
	while (task.notifications == 0)
		pthread_cond_wait(&changed, &scheduler);
	const uint32_t taken = task.notifications;
	task.notifications = 0;
	task.isWaiting = false;
	pthread_mutex_unlock(&scheduler);
	return taken;
}

esp_err_t spi_bus_add_device(
	spi_host_device_t host, const spi_device_interface_config_t *config, spi_device_handle_t *device) {
	(void)host, (void)config;
	*device = NULL;
	return refuseDevice ? -1 : ESP_OK;
}

void *heap_caps_malloc(size_t bytes, uint32_t capabilities) {
	(void)capabilities;
	return malloc(bytes);
}

void heap_caps_free(void *memory) {
	free(memory);
}

/* Nothing of these matters here. */
/* clang-format off */
void vTaskGenericNotifyGiveFromISR(TaskHandle_t t, UBaseType_t i, BaseType_t *w) { (void)t, (void)i, (void)w; }
void vPortYieldFromISR(void) {}
QueueHandle_t xQueueCreateMutex(const uint8_t type) { return (void)type, (QueueHandle_t)&task; }
BaseType_t xQueueSemaphoreTake(QueueHandle_t q, TickType_t t) { return (void)q, (void)t, pdTRUE; }
BaseType_t xQueueGenericSend(QueueHandle_t q, const void *const i, TickType_t t, const BaseType_t p) { return (void)q, (void)i, (void)t, (void)p, pdTRUE; }
void vQueueDelete(QueueHandle_t q) { (void)q; }
int modMessagePostToMachine(xsMachine *m, uint8_t *b, uint16_t n, modMessageDeliver d, void *r) { return (void)m, (void)b, (void)n, (void)d, (void)r, 0; }
void esp_rom_delay_us(uint32_t us) { (void)us; }
int64_t esp_timer_get_time(void) { return 1; }
esp_err_t esp_timer_create(const esp_timer_create_args_t *a, esp_timer_handle_t *t) { return (void)a, *t = NULL, ESP_OK; }
esp_err_t esp_timer_start_once(esp_timer_handle_t t, uint64_t us) { return (void)t, (void)us, ESP_OK; }
esp_err_t esp_timer_stop(esp_timer_handle_t t) { return (void)t, ESP_OK; }
esp_err_t esp_timer_delete(esp_timer_handle_t t) { return (void)t, ESP_OK; }
esp_err_t esp_pm_lock_create(esp_pm_lock_type_t k, int a, const char *n, esp_pm_lock_handle_t *l) { return (void)k, (void)a, (void)n, *l = NULL, ESP_OK; }
esp_err_t esp_pm_lock_acquire(esp_pm_lock_handle_t l) { return (void)l, ESP_OK; }
esp_err_t esp_pm_lock_release(esp_pm_lock_handle_t l) { return (void)l, ESP_OK; }
esp_err_t esp_pm_lock_delete(esp_pm_lock_handle_t l) { return (void)l, ESP_OK; }
esp_err_t gpio_config(const gpio_config_t *c) { return (void)c, ESP_OK; }
esp_err_t gpio_intr_enable(gpio_num_t p) { return (void)p, ESP_OK; }
esp_err_t gpio_intr_disable(gpio_num_t p) { return (void)p, ESP_OK; }
esp_err_t gpio_wakeup_enable(gpio_num_t p, gpio_int_type_t k) { return (void)p, (void)k, ESP_OK; }
esp_err_t gpio_wakeup_disable(gpio_num_t p) { return (void)p, ESP_OK; }
esp_err_t esp_sleep_enable_gpio_wakeup(void) { return ESP_OK; }
esp_err_t gpio_set_level(gpio_num_t p, uint32_t l) { return (void)p, (void)l, ESP_OK; }
int gpio_get_level(gpio_num_t p) { return (void)p, 0; }
esp_err_t gpio_set_direction(gpio_num_t p, gpio_mode_t m) { return (void)p, (void)m, ESP_OK; }
esp_err_t gpio_set_pull_mode(gpio_num_t p, gpio_pull_mode_t m) { return (void)p, (void)m, ESP_OK; }
esp_err_t gpio_sleep_sel_dis(gpio_num_t p) { return (void)p, ESP_OK; }
esp_err_t gpio_install_isr_service(int f) { return (void)f, ESP_OK; }
esp_err_t gpio_isr_handler_add(gpio_num_t p, gpio_isr_t h, void *a) { return (void)p, (void)h, (void)a, ESP_OK; }
esp_err_t gpio_isr_handler_remove(gpio_num_t p) { return (void)p, ESP_OK; }
esp_err_t spi_bus_initialize(spi_host_device_t h, const spi_bus_config_t *c, spi_dma_chan_t d) { return (void)h, (void)c, (void)d, ESP_OK; }
esp_err_t spi_bus_free(spi_host_device_t h) { return (void)h, ESP_OK; }
esp_err_t spi_bus_remove_device(spi_device_handle_t d) { return (void)d, ESP_OK; }
esp_err_t spi_device_polling_transmit(spi_device_handle_t d, spi_transaction_t *t) { return (void)d, (void)t, ESP_OK; }

// Every word of the page in both languages, and which one is spoken.

const WORDS = {
  skip_to_alarms: ["Skip to the alarms", "跳到报警"],
  language: ["中文", "English"],
  language_label: ["切换到中文", "Switch to English"],
  loading: ["Loading …", "正在加载……"],
  connected: ["Connected", "已连接"],
  disconnected: ["No answer", "无应答"],
  signed_out: ["Signed out", "未登录"],
  no_answer_since: [
    "No answer from the server since {time}. What is shown below is old. Silence is not safety.",
    "自 {time} 起服务器无应答。下方为旧数据，没有消息不代表安全。",
  ],
  no_answer_yet: [
    "No answer from the server. Nothing is known. Silence is not safety.",
    "服务器无应答，情况不明。没有消息不代表安全。",
  ],
  part_outdated: [
    "This part could not be brought up to date since {time}: {why}",
    "该部分自 {time} 起未能更新：{why}",
  ],
  part_never: ["This part can not be shown: {why}", "该部分无法显示：{why}"],
  not_ready: ["The server does not do its whole work", "服务器未能正常工作"],
  notice: ["Notice", "提示"],
  sign_in: ["Sign in", "登录"],
  sign_out: ["Sign out", "退出"],
  sign_in_help: [
    "The server keeps its API token in the file api.token in its data folder, or in the file that server.toml names. This tab forgets it when it is closed.",
    "API 令牌保存在服务器数据目录的 api.token 文件中，或 server.toml 指定的文件中。关闭此标签页后令牌即被清除。",
  ],
  token: ["API token", "API 令牌"],
  token_wrong: ["The server does not know this token.", "服务器不认识该令牌。"],
  token_away: ["The server does not answer. Try again.", "服务器无应答，请重试。"],
  alarms: ["Alarms", "报警"],
  gateways: ["Gateways", "网关"],
  devices: ["Devices", "设备"],
  filter: ["Find", "查找"],
  no_alarms: ["No open alarms.", "没有未关闭的报警。"],
  no_alarms_but: [
    "No open alarms, but not everything is watched: see above and the gateways.",
    "没有未关闭的报警，但并非全部处于监视之中：请看上方提示和网关。",
  ],
  no_gateways: ["No gateway has been heard yet.", "尚未收到任何网关的消息。"],
  no_devices: ["No device has been named yet.", "尚无任何设备。"],
  none_found: ["No device fits.", "没有符合的设备。"],
  more_hidden: ["Only the first {n} are shown.", "仅显示前 {n} 条。"],
  since: ["Since", "开始于"],
  age: ["Age", "已持续"],
  place: ["Place", "地点"],
  value: ["Value", "数值"],
  limit: ["limit {limit}", "限值 {limit}"],
  guidance: ["What to do: ", "处置："],
  the_server: ["The server itself", "服务器本身"],
  severity_critical: ["Critical", "紧急"],
  severity_high: ["High", "高"],
  severity_warning: ["Warning", "警告"],
  severity_notice: ["Notice", "提示"],
  class_hazard: ["Hazard", "险情"],
  class_sensor_health: ["Sensor health", "设备健康"],
  class_system: ["System", "系统"],
  state: ["{first}, {second}", "{first}，{second}"],
  is_active: ["Active", "报警中"],
  is_over: ["Over", "已消失"],
  is_acknowledged: ["acknowledged", "已确认"],
  is_unacknowledged: ["not acknowledged", "未确认"],
  waits_for_reset: ["waits for reset", "等待复位"],
  life_safety: ["Life safety", "人身安全"],
  test: ["TEST", "测试"],
  late: ["Learned late", "迟到数据"],
  shelved: ["Shelved", "已搁置"],
  suppressed: ["Suppressed", "已抑制"],
  out_of_service: ["Out of service", "已停用"],
  clock_doubtful: ["time not certain", "时间不确定"],
  acknowledge: ["Acknowledge", "确认"],
  reset: ["Reset", "复位"],
  your_name: ["Your name", "您的姓名"],
  comment: ["Comment (optional)", "备注（可不填）"],
  cancel: ["Cancel", "取消"],
  order_failed: ["Not done: {why}", "未执行：{why}"],
  order_unsure: [
    "No answer came: whether it was done is not known. The list will show it.",
    "未收到应答，不知是否已执行，请以列表为准。",
  ],
  refused_already_acknowledged: ["somebody has acknowledged it already", "已有人确认"],
  refused_closed: ["the alarm is closed", "报警已关闭"],
  refused_not_acknowledged: ["acknowledge it first", "请先确认"],
  refused_still_active: ["the condition still holds; see to the device first", "报警条件仍存在，请先处理现场"],
  refused_not_latched: ["it closes by itself", "该报警会自行关闭"],
  refused_not_found: ["there is no such alarm any more", "该报警已不存在"],
  new_alarm: ["New alarm: {severity}, {title}, {where}", "新报警：{severity}，{title}，{where}"],
  unacknowledged_title: ["({n}) Lifeline", "（{n}）Lifeline"],
  presence_heard: ["Heard", "在线"],
  presence_silent: ["Silent", "失联"],
  presence_offline: ["Offline (it said so)", "离线（网关自述）"],
  last_heard: ["last heard {age} ago", "{age}前有消息"],
  never_heard: ["never heard", "从未有消息"],
  lane_urgent: ["urgent", "加急"],
  lane_bulk: ["bulk", "常规"],
  lag: ["Lag", "滞后"],
  lag_unknown: ["not known", "未知"],
  taken: ["Taken", "采集"],
  stored: ["Stored", "入库"],
  buffered: ["Waiting", "待传"],
  dropped: ["Dropped", "丢弃"],
  rejected: ["Rejected", "拒收"],
  thinned: ["Thinned", "精简"],
  lost_after_receipt: ["Lost", "丢失"],
  ledger: ["Ledger", "台账"],
  balanced: ["balances", "平衡"],
  unbalanced: ["does not balance", "不平衡"],
  clones: ["Two gateways may use this id", "可能有两台网关使用同一编号"],
  config_pending: [
    "Configuration {version}: no answer yet",
    "配置 {version}：尚无应答",
  ],
  config_rejected: [
    "Configuration {version} was refused by the gateway: the old one runs on",
    "配置 {version} 被网关拒绝，原配置继续运行",
  ],
  config_diverged: [
    "Configuration {version} waits for a decision: the gateway was changed on site",
    "配置 {version} 待决定：网关已在现场修改",
  ],
  reading_age: ["Age", "距今"],
  point: ["Point", "测点"],
  quality: ["Quality", "质量"],
  quality_good: ["good", "良好"],
  quality_uncertain: ["uncertain", "存疑"],
  quality_bad: ["bad", "无效"],
  not_current: ["not current", "非当前值"],
  no_readings: ["No reading yet.", "尚无读数。"],
  retired: ["No longer named by its gateway", "网关已不再上报该设备"],
  in_alarm: ["In alarm", "报警中"],
  no_value: ["no value", "无数值"],
  yes: ["yes", "是"],
  no: ["no", "否"],
  days: ["{n} d", "{n} 天"],
  hours: ["{n} h", "{n} 小时"],
  minutes: ["{n} min", "{n} 分"],
  seconds: ["{n} s", "{n} 秒"],
  limit_low: ["at its lower end", "处于下限"],
  limit_high: ["at its upper end", "处于上限"],
  limit_constant: ["can not change", "不会变化"],
  reason_comm_failure: ["no communication", "通信失败"],
  reason_not_connected: ["not connected", "未连接"],
  reason_device_fault: ["device fault", "设备故障"],
  reason_device_exception: ["device refuses", "设备返回异常"],
  reason_sensor_fault: ["sensor fault", "传感器故障"],
  reason_out_of_range: ["out of range", "超出量程"],
  reason_warm_up: ["warming up", "预热中"],
  reason_inhibited: ["inhibited", "被禁止"],
  reason_calibration: ["calibration", "校准中"],
  reason_configuration: ["configuration", "配置问题"],
  reason_stale: ["stale", "数据陈旧"],
  reason_never_read: ["never read", "从未读到"],
  reason_clock_suspect: ["clock suspect", "时钟可疑"],
};

const LANGUAGES = ["en", "zh"];
let spoken = "en";

export function language() {
  return spoken;
}

export function speak(chosen) {
  spoken = LANGUAGES.includes(chosen) ? chosen : "en";
  document.documentElement.lang = spoken === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = say(element.dataset.word);
  }
}

// Of the languages that the browser asks for, the first that the page speaks.
export function preferred(wanted) {
  const known = wanted.map((tag) => tag.toLowerCase().split("-")[0]);
  return known.find((tag) => LANGUAGES.includes(tag)) ?? "en";
}

export function say(word, values = {}) {
  const text = WORDS[word][LANGUAGES.indexOf(spoken)];
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

export function sayIfKnown(word, otherwise, values) {
  return Object.hasOwn(WORDS, word) ? say(word, values) : otherwise;
}

// A text that comes in both languages, as titles of rules do.
export function inOwnWords(words, otherwise) {
  return words?.[spoken] ?? words?.en ?? otherwise;
}

export { WORDS };

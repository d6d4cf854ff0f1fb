// Asks one thing again and again, and knows since when there has been no answer.

export class Feed {
  // `ask`: async () → data. `onChange(feed)`: after every answer and every failure.
  constructor(ask, { everyMs, patienceMs, onChange }) {
    this.data = null;
    this.error = null;
    this.answeredAt = null;
    this.startedAt = null;
    this._ask = ask;
    this._everyMs = everyMs;
    this._patienceMs = patienceMs;
    this._onChange = onChange;
    this._timer = null;
    this._round = 0;
  }

  start() {
    if (this._timer !== null) return;
    this.startedAt = Date.now();
    this._next(0);
  }

  stop() {
    clearTimeout(this._timer);
    this._timer = null;
    this._round += 1;
    this.data = null;
    this.error = null;
    this.answeredAt = null;
  }

  // Ask at once, as after an order or when the page is looked at again.
  hurry() {
    if (this._timer === null) return;
    clearTimeout(this._timer);
    this._next(0);
  }

  // Whether what it shows is too old to be trusted.
  isOutdated() {
    const since = this.answeredAt ?? this.startedAt;
    return since !== null && Date.now() - since > this._patienceMs;
  }

  _next(delayMs) {
    this._round += 1;
    const round = this._round;
    this._timer = setTimeout(() => this._turn(round), delayMs);
  }

  async _turn(round) {
    let data = null;
    let error = null;
    try {
      data = await this._ask();
    } catch (caught) {
      error = caught;
    }
    if (round !== this._round) return;
    this.error = error;
    if (error === null) {
      this.data = data;
      this.answeredAt = Date.now();
    }
    this._onChange(this);
    if (round === this._round) this._next(this._everyMs);
  }
}

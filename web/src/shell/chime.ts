/** A short sound for what arrives: two soft tones, made here. */

/** Hz and seconds from the start. */
const TONES = [
  [659.3, 0],
  [987.8, 0.11],
] as const;
const LOUDNESS = 0.12;
const LENGTH = 0.45;

let context: AudioContext | undefined;

/** Plays it, where the browser lets a page sound: after someone has touched it. */
export async function playChime(): Promise<void> {
  if (!navigator.userActivation?.hasBeenActive) return;
  context ??= new AudioContext();
  await context.resume();
  for (const [pitch, delay] of TONES) playTone(context, pitch, context.currentTime + delay);
}

function playTone(context: AudioContext, pitch: number, start: number): void {
  const tone = new OscillatorNode(context, { frequency: pitch });
  const volume = new GainNode(context, { gain: 0 });
  tone.connect(volume).connect(context.destination);
  volume.gain.linearRampToValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.01);
  volume.gain.exponentialRampToValueAtTime(0.001, start + LENGTH);
  tone.start(start);
  tone.stop(start + LENGTH);
}

//! What the appliance tells Prometheus about its language models. Read from the gateway when somebody asks.

use crate::gateway::llm::{LlmChain, ProviderFigures};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use std::fmt;

/// A figure: its name, what it says, and where it stands.
type Figure = (&'static str, &'static str, fn(&ProviderFigures) -> u64);

/// Only ever grow. The encoder appends `_total`.
const COUNTERS: [Figure; 6] = [
    ("snip_llm_answers", "Answers that began", |it| it.answers),
    ("snip_llm_failures", "Turns for which the provider gave no first word", |it| it.failures),
    ("snip_llm_retries", "Second tries", |it| it.retries),
    ("snip_llm_interruptions", "Answers that broke off", |it| it.interruptions),
    ("snip_llm_input_tokens", "Tokens read, as the provider counts them", |it| it.input_tokens),
    ("snip_llm_output_tokens", "Tokens written, as the provider counts them", |it| it.output_tokens),
];

const GAUGES: [Figure; 3] = [
    ("snip_llm_running", "Calls in progress", |it| it.running as u64),
    ("snip_llm_waiting", "Calls that wait for a place", |it| it.waiting as u64),
    ("snip_llm_open", "1 while the provider is left alone after failures", |it| u64::from(it.is_open)),
];

/// Reads the figures of the chain at each scrape.
pub struct LlmMetrics(pub LlmChain);

impl fmt::Debug for LlmMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LlmMetrics")
    }
}

impl Collector for LlmMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let providers = self.0.figures();
        if providers.is_empty() {
            return Ok(());
        }
        for (name, help, read) in COUNTERS {
            let counter = ConstCounter::new(0_u64);
            let mut family = encoder.encode_descriptor(name, help, None, counter.metric_type())?;
            for provider in &providers {
                ConstCounter::new(read(provider)).encode(family.encode_family(&labels(provider))?)?;
            }
        }
        for (name, help, read) in GAUGES {
            let gauge = ConstGauge::new(0_u64);
            let mut family = encoder.encode_descriptor(name, help, None, gauge.metric_type())?;
            for provider in &providers {
                ConstGauge::new(read(provider)).encode(family.encode_family(&labels(provider))?)?;
            }
        }
        Ok(())
    }
}

/// From an enum and a place in the chain, never from a caller.
fn labels(provider: &ProviderFigures) -> [(&'static str, String); 2] {
    [("provider", provider.provider.as_str().to_owned()), ("place", provider.place.to_string())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::llm::{ChainOptions, Patience, ProviderName, ProviderOptions};
    use crate::http::metrics::render;
    use prometheus_client::registry::Registry;

    #[test]
    fn figures_are_told_for_each_provider_and_not_at_all_without_one() {
        let provider = ProviderOptions {
            provider: ProviderName::Xai,
            base_url: "http://127.0.0.1:9".to_owned(),
            model: "m".to_owned(),
            models_allowed: Vec::new(),
            api_key: None,
        };
        let options = ChainOptions {
            providers: vec![provider],
            concurrency: 1,
            temperature: None,
            output_tokens_max: 1,
            patience: Patience::default(),
        };
        let text_of = |chain| {
            let mut registry = Registry::default();
            registry.register_collector(Box::new(LlmMetrics(chain)));
            render(&registry).unwrap()
        };

        let text = text_of(LlmChain::new(options).unwrap());

        assert!(text.contains("snip_llm_answers_total{provider=\"xai\",place=\"1\"} 0"), "{text}");
        assert!(text.contains("snip_llm_open{provider=\"xai\",place=\"1\"} 0"), "{text}");
        assert!(!text_of(LlmChain::none()).contains("snip_llm"));
    }
}

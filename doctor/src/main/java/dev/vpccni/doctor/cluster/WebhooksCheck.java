package dev.vpccni.doctor.cluster;

import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.check.ShellWord;
import dev.vpccni.doctor.cluster.seen.ClusterSnapshot;
import dev.vpccni.doctor.cluster.seen.SeenWebhook;
import java.util.List;

/** Webhooks that refuse pods because nobody answers. */
final class WebhooksCheck implements ClusterCheck {

    @Override
    public String id() {
        return "cluster-webhooks";
    }

    @Override
    public String looksFor() {
        return "webhooks that are asked about new pods, with `failurePolicy: Fail` and a Service"
                + " without an endpoint that is ready (wrong where it is asked about the daemon's"
                + " own namespace, too; else warning)";
    }

    @Override
    public String breaks() {
        return "no pod can be made: where the webhook itself needs the network, nobody ever"
                + " answers again";
    }

    @Override
    public List<Finding> examine(ClusterSnapshot cluster) {
        return cluster.webhooks().or(List.of()).stream()
                .filter(webhook -> webhook.required() && webhook.ofPods() && !webhook.served())
                .map(this::down)
                .toList();
    }

    private Finding down(SeenWebhook webhook) {
        String seen =
                webhook.kind()
                        + " "
                        + webhook.configuration()
                        + ": "
                        + webhook.name()
                        + " asks Service "
                        + webhook.service()
                        + ", which has nobody that is ready";
        String remedy =
                "bring its pods up, or kubectl delete "
                        + webhook.kind()
                        + " "
                        + ShellWord.of(webhook.configuration());
        return webhook.ofSystem() ? wrong(seen, remedy) : warning(seen, remedy);
    }
}

{{- define "vpc-cni.fullname" -}}
{{- .Values.fullnameOverride | default .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "vpc-cni.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (include "vpc-cni.fullname" .) -}}
{{- end -}}

{{- define "vpc-cni.labels" -}}
app.kubernetes.io/name: {{ .Values.nameOverride | default .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
k8s-app: aws-node
{{- end -}}

{{- define "vpc-cni.selector" -}}
k8s-app: aws-node
{{- if not (or .Values.originalMatchLabels .Values.takeOver.enabled) }}
app.kubernetes.io/name: {{ .Values.nameOverride | default .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- end -}}

{{/* What was somebody else's before is not deleted with the release. */}}
{{- define "vpc-cni.keep" -}}
{{- if .Values.takeOver.enabled -}}
helm.sh/resource-policy: keep
{{- end -}}
{{- end -}}

{{- define "vpc-cni.image" -}}
{{- $image := .Values.image -}}
{{- $tag := $image.tag | default .Chart.AppVersion -}}
{{- if $image.override -}}
{{ $image.override }}
{{- else if $image.overrideRepository -}}
{{ $image.overrideRepository }}:{{ $tag }}
{{- else if $image.account -}}
{{ $image.account }}.dkr.{{ $image.endpoint }}.{{ $image.region }}.{{ $image.domain }}/{{ $image.repository }}:{{ $tag }}
{{- else -}}
{{ $image.repository }}:{{ $tag }}
{{- end -}}
{{- end -}}

{{- define "vpc-cni.initImage" -}}
{{- $image := .Values.init.image -}}
{{- if $image.override -}}
{{ $image.override }}
{{- else if $image.overrideRepository -}}
{{ $image.overrideRepository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- else -}}
{{ include "vpc-cni.image" . }}
{{- end -}}
{{- end -}}

{{- define "vpc-cni.nodeAgentImage" -}}
{{- $image := .Values.nodeAgent.image -}}
{{- if $image.override -}}
{{ $image.override }}
{{- else -}}
{{ required "nodeAgent.enabled needs nodeAgent.image.override, or overrideRepository and tag: the agent is no part of this image" $image.overrideRepository }}:{{ required "nodeAgent.image.overrideRepository needs nodeAgent.image.tag" $image.tag }}
{{- end -}}
{{- end -}}

{{/* Whether a variable is true, in each of the spellings that the daemon takes; else empty. */}}
{{- define "vpc-cni.on" -}}
{{- $value := index .root.Values.env .name -}}
{{- if has (toString $value) (list "1" "t" "T" "TRUE" "true" "True") }}true{{ end -}}
{{- end -}}

{{/* The entries of a map as a container's variables, in the order of their names. */}}
{{- define "vpc-cni.variables" -}}
{{- range $name, $value := . }}
{{- if not (kindIs "invalid" $value) }}
- name: {{ $name }}
  value: {{ $value | toString | quote }}
{{- end }}
{{- end }}
{{- end -}}

// What a dashboard of ours is, by Grafana's own types: make.sh makes dashboard.schema.json of it. A
// panel's options and fields are those of its kind; @grafana/schema has no types for what the
// Prometheus datasource asks and for two things that every export has, so those are written here.
import {
  Dashboard as AnyDashboard, Panel as AnyPanel, RowPanel, FieldConfig, FieldConfigSource, DataSourceRef,
  AnnotationQuery, VariableModel,
} from './node_modules/@grafana/schema/dist/esm/raw/dashboard/x/dashboard_types.gen';
import * as bargauge from './node_modules/@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import * as heatmap from './node_modules/@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen';
import * as stat from './node_modules/@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import * as statetimeline from './node_modules/@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen';
import * as table from './node_modules/@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import * as timeseries from './node_modules/@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

interface Target {
  refId: string;
  datasource: DataSourceRef;
  expr: string;
  instant: boolean;
  range: boolean;
  editorMode?: 'code' | 'builder';
  format?: 'time_series' | 'table' | 'heatmap';
  legendFormat: string;
}

type Of<Type extends string, Options, Custom> =
    Omit<AnyPanel, 'type' | 'options' | 'fieldConfig' | 'targets'> & {
  type: Type;
  options: Partial<Options>;
  fieldConfig: Omit<FieldConfigSource, 'defaults'> & {
    defaults: Omit<FieldConfig, 'custom'> & {custom?: Partial<Custom>};
  };
  targets: Target[];
};

export type OurPanel =
  | Of<'bargauge', bargauge.Options, {}>
  | Of<'heatmap', heatmap.Options, heatmap.FieldConfig>
  | Of<'stat', stat.Options, {}>
  | Of<'state-timeline', statetimeline.Options, statetimeline.FieldConfig>
  | Of<'table', table.Options, table.FieldConfig>
  | Of<'timeseries', timeseries.Options, timeseries.FieldConfig>;

interface OfPrometheus {  // an annotation's
  expr?: string;
  step?: string;
  titleFormat?: string;
  textFormat?: string;
  tagKeys?: string;
  useValueForTime?: boolean;
}

type OurDashboard = Omit<AnyDashboard, 'panels' | 'annotations' | 'templating'> & {
  panels: (OurPanel | RowPanel)[];
  annotations: {list: (AnnotationQuery & OfPrometheus)[]};
  templating: {list: (VariableModel & {definition?: string})[]};
};

export interface Root {
  dashboard: OurDashboard;
}
